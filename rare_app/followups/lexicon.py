"""Lists of English words that a question is taken apart with."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


BE = _words("is are was were am isn't aren't wasn't weren't")
DO = _words("do does did don't doesn't didn't")
HAVE = _words("has have had hasn't haven't hadn't")
MODALS = _words("can could may might must shall should will would can't cannot mustn't won't need")
AUXILIARIES = BE | DO | HAVE | MODALS
SUBJECT_WH = _words("who what which whose")
WH = SUBJECT_WH | _words("when where why how whom")

DETERMINERS = _words(
    "the a an this that these those my our your his her its their each every any some all no both"
)
PREPOSITIONS = _words(
    """of in on at for from with without within by to into onto over under above below between
    among against during before after since until till through across per than about around near
    inside outside upon toward towards via except regarding concerning"""
)
CONJUNCTIONS = _words("and or but if when while because although though unless once so whether as")
ADVERBS = _words(
    """also too again still even only just usually normally often always never ever already yet now
    currently really exactly actually approximately there here then together separately early
    late annually monthly weekly daily yearly well"""
)
PRONOUNS = _words("i you he she it we they me him us them this that these those one ones itself")
NOT_ENGLISH = _words(
    "der die das und ist wie wer wann wo warum welche muss le la les est quel quelle el los las "
    "que cual het een zijn il che"
)
ENGLISH = (
    WH
    | _words(
        "the is are were does did do has have must can will should of for and with about there"
    )
    | _words("it they he she him them their its this that these those any")
) - NOT_ENGLISH

PEOPLE = _words(
    """tenant tenants landlord landlords lessee lessor employee employees employer employers owner
    owners patient patients doctor doctors nurse nurses physician customer customers client
    clients supplier suppliers contractor contractors seller buyer borrower lender insurer
    insured policyholder manager managers director directors ceo cfo chairman chair president
    member members author authors operator operators user users worker workers visitor visitors
    student students teacher teachers child children adult adults man woman men women person
    people party parties judge court plaintiff defendant guardian trustee auditor engineer
    engineers technician technicians inspector guest guests licensee licensor shareholder
    shareholders founder queen king"""
)
ATTRIBUTES = _words(
    """age amount area balance budget capacity charge colour color cost costs date deadline density
    depth deposit diameter dimension dimensions dose dosage duration efficiency fee fees flow
    frequency goal growth height income interest length limit loss margin mass maximum minimum
    name number output penalty percentage period population power pressure price prices profit
    purpose quantity rate ratio rent result revenue revenues risk salary sales score share size
    speed symptom symptoms tax temperature term time title total turnover value voltage volume
    wage wages warranty weight width yield"""
)
"""What is asked of a thing: of “the price of the pump” it is the pump that “it” goes back to."""
SAME_AGAIN = _words(
    """higher lower more less larger smaller greater bigger same different changed change changes
    increase increased increases decrease decreased fall fallen fell rise risen rose grow grew
    grown drop dropped calculated measured computed defined determined expressed included
    reduced raised exceeded exceeds compare compared negotiable estimated adjusted"""
)
"""What is said of an amount rather than of the thing that has it."""
RELATIONAL = _words(
    """exception exceptions reason reasons example examples detail details alternative alternatives
    condition conditions consequence consequences limitation limitations restriction
    restrictions requirement requirements penalty penalties deadline source sources cause causes
    effect effects side-effect side-effects advantage advantages disadvantage disadvantages
    evidence"""
)
"""Nouns that say little without what they belong to."""
WHOLE = _words(
    """true right correct valid case mean means happen happens happened allowed possible necessary
    required normal legal illegal mandatory compulsory optional enough sufficient important sure"""
)
"""What is said of a fact rather than of a thing."""
DOCUMENT_WORDS = _words(
    """document documents lease contract agreement report filing filings manual policy paper study
    article guideline guidelines text passage form letter handbook book chapter section page
    table act law regulation year month week day quarter"""
)
"""“This lease” is the one at hand, whatever was asked before."""
OPPOSITES = (
    ("maximum", "minimum"),
    ("max", "min"),
    ("highest", "lowest"),
    ("largest", "smallest"),
    ("longest", "shortest"),
    ("upper", "lower"),
    ("first", "second", "third", "fourth", "last"),
    ("gross", "net"),
    ("internal", "external"),
    ("inner", "outer"),
    ("left", "right"),
    ("front", "rear"),
    ("monthly", "annual", "yearly", "weekly", "quarterly", "daily"),
    ("domestic", "foreign", "international"),
    ("primary", "secondary"),
    ("direct", "indirect"),
    ("fixed", "variable"),
    ("average", "median"),
    ("oldest", "newest"),
    ("previous", "next"),
)
VERBS = _words(
    """accept act add advise affect agree allow amount announce answer appear apply appoint approve
    arise arrive ask assume attend avoid be bear become begin belong break bring build buy
    calculate call cancel carry cause change charge check choose claim clean close collect come
    compare complete comply concern conclude connect consider consist contain continue
    contribute control convert cost cover create cut deal decide decrease deduct define deliver
    demand depend describe develop die differ disclose do drain draw drive drop earn eat employ
    end enter establish exceed exist expect expire explain fail fall feed fill finance find
    finish fit flow follow form found function give go grow handle happen hear heat help hire
    hold improve include increase indicate inform inspect install insure invest involve issue
    join keep know last launch lay lead leak learn leave lend lie limit list live look lose
    lower maintain make manage manufacture matter mean measure meet mention move name need note
    notify obtain occur offer open operate order own paint pay perform permit place plan play
    prepare present prevent produce prohibit protect prove provide publish purchase put raise
    reach read receive recommend record recover reduce refer refund refuse register reject
    release rely remain remove renew rent repair replace reply report represent require rest
    restrict result return review rise run say see seem sell send serve set settle share show
    sign sit sleep spend stand start state stay stop store sublet submit suffer supply support
    take tell terminate test treat try turn understand use vary verify visit vote wait want warn
    wash weigh win work write yield"""
)
"""Base forms that follow the subject of a question with do, can, must."""
_IRREGULAR = _words(
    """began bought brought built came chose cost did drew drove fell found founded gave got grew
    held kept knew laid led left lent lost made meant met paid put ran read rose said sold sent
    set sat spent stood took taught told thought won wrote"""
)


def finite_forms() -> frozenset[str]:
    """List the forms of :data:`VERBS` that can follow “who”: repairs, repaired, paid."""
    forms = set(_IRREGULAR)
    for verb in VERBS:
        if verb.endswith(("s", "sh", "ch", "x", "o")):
            forms.add(f"{verb}es")
        elif verb.endswith("y") and verb[-2] not in "aeou":
            forms.update({f"{verb[:-1]}ies", f"{verb[:-1]}ied"})
        else:
            forms.add(f"{verb}s")
        forms.add(f"{verb}d" if verb.endswith("e") else f"{verb}ed")
    return frozenset(forms)


FINITE = finite_forms()
PREDICATES = _words(
    """heavy light long short high low hot cold warm large small big wide deep thick old new due
    available valid responsible liable free open closed safe dangerous full empty expensive
    cheap effective eligible entitled necessary possible allowed required obliged exempt subject
    based fast slow strong weak good bad common rare high-risk ready complete born alive dead
    present absent active inactive positive negative normal typical toxic flammable waterproof"""
)
"""What can follow the subject of a question with is or was."""
AMOUNTS = _words("much many more less few fewer most least enough several such")
FUNCTION = (
    WH
    | AUXILIARIES
    | DETERMINERS
    | PREPOSITIONS
    | CONJUNCTIONS
    | ADVERBS
    | PRONOUNS
    | AMOUNTS
    | {"be", "been", "not", "happens", "happen"}
)
"""Words that say nothing of what a question is about."""

_FORMS = {
    "made": "makes made",
    "written": "writes wrote",
    "given": "gives gave",
    "taken": "takes took",
    "paid": "pays paid",
    "sent": "sends sent",
    "held": "holds held",
    "kept": "keeps kept",
    "bought": "buys bought",
    "sold": "sells sold",
    "run": "runs ran",
    "led": "leads led",
    "chosen": "chooses chose",
    "borne": "bears bore",
    "done": "does did",
    "said": "says said",
    "told": "tells told",
    "set": "sets set",
    "put": "puts put",
    "read": "reads read",
    "found": "finds found",
    "got": "gets got",
    "won": "wins won",
    "built": "builds built",
    "left": "leaves left",
    "lost": "loses lost",
    "brought": "brings brought",
    "known": "knows knew",
    "seen": "sees saw",
    "drawn": "draws drew",
    "driven": "drives drove",
    "worn": "wears wore",
    "broken": "breaks broke",
    "taught": "teaches taught",
    "beaten": "beats beat",
    "begun": "begins began",
}
IRREGULAR = {form: participle for participle, forms in _FORMS.items() for form in forms.split()}
"""Participles of verbs, by their forms for he or she, now and then."""
