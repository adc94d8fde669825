"""Follow-up questions with what they mean, written by hand.

Each is (last question, its answer, what is asked next, standalone questions that are right). The
first list is what the rule was written with; the second was written after it and is not tuned on.
"""

Case = tuple[str, str, str, tuple[str, ...]]

ROOF = "Who has to repair the roof according to the lease?"
OIL = "How often must the oil in the pump be changed?"
HEAT = "What is the maximum operating temperature of the pump?"
REVENUE = "What was the revenue of Bosch in 2022?"
TENANT = "Does the tenant have to pay the heating costs?"
LOOP = "How many litres per second does the coolant pump of loop B deliver?"
FOUNDED = "Who founded the archive?"

WRITTEN_WITH: list[Case] = [
    # Another period.
    (REVENUE, "88 billion euros.", "And in 2023?", ("What was the revenue of Bosch in 2023?",)),
    (REVENUE, "88 billion euros.", "what about 2021?", ("What was the revenue of Bosch in 2021?",)),
    (REVENUE, "88 billion euros.", "2020?", ("What was the revenue of Bosch in 2020?",)),
    (
        "What was the gross margin in the first quarter of 2022?",
        "41%.",
        "And in the second quarter?",
        ("What was the gross margin in the second quarter of 2022?",),
    ),
    (
        "What was the gross margin in Q1 2022?",
        "41%.",
        "How about Q2 2022?",
        ("What was the gross margin in Q2 2022?",),
    ),
    (OIL, "Every 500 hours.", "And in winter?", (f"{OIL[:-1]} in winter?",)),
    # Another thing.
    (ROOF, "The landlord.", "And the windows?", (ROOF.replace("the roof", "the windows"),)),
    (ROOF, "The landlord.", "What about the gutters?", (ROOF.replace("the roof", "the gutters"),)),
    (OIL, "Every 500 hours.", "What about the filter?", (OIL.replace("the oil", "the filter"),)),
    (HEAT, "40 °C", "And the minimum?", (HEAT.replace("maximum", "minimum"),)),
    (HEAT, "40 °C", "And the weight?", ("What is the weight of the pump?",)),
    (HEAT, "40 °C", "And of the motor?", (HEAT.replace("of the pump", "of the motor"),)),
    (HEAT, "40 °C", "What about the motor?", (HEAT.replace("the pump", "the motor"),)),
    (TENANT, "Yes.", "And the landlord?", (TENANT.replace("the tenant", "the landlord"),)),
    (
        TENANT,
        "Yes.",
        "What about the water bill?",
        ("Does the tenant have to pay the water bill?",),
    ),
    (REVENUE, "88 billion euros.", "And Siemens?", (REVENUE.replace("Bosch", "Siemens"),)),
    (
        "What is the dose of amoxicillin for adults?",
        "500 mg.",
        "And for children?",
        ("What is the dose of amoxicillin for children?",),
    ),
    (
        "How heavy is the HX-40?",
        "12 kg.",
        "and the HX-50?",
        ("How heavy is the HX-50?",),
    ),
    # Bare question words.
    (
        "Does the landlord have to repair the roof?",
        "Yes.",
        "Why?",
        ("Why does the landlord have to repair the roof?",),
    ),
    (OIL, "Every 500 hours.", "Why?", ("Why must the oil in the pump be changed?",)),
    (HEAT, "40 °C", "Why?", ("Why is the maximum operating temperature of the pump 40 °C?",)),
    (
        ROOF,
        "The landlord.",
        "Why?",
        ("Why is it that the landlord has to repair the roof according to the lease?",),
    ),
    (OIL, "Every 500 hours.", "By whom?", ("By whom must the oil in the pump be changed?",)),
    (TENANT, "Yes.", "When?", ("When does the tenant have to pay the heating costs?",)),
    (FOUNDED, "Ada Holm.", "When?", ("When was the archive founded?",)),
    # Part of it.
    (
        OIL,
        "Every 500 hours.",
        "How much of it?",
        ("How much of the oil in the pump must be changed?", "How much of the oil in the pump?"),
    ),
    # Pronouns.
    (
        LOOP,
        "52 litres per second.",
        "What is its pressure?",
        ("What is the pressure of the coolant pump of loop B?",),
    ),
    (
        LOOP,
        "52 litres per second.",
        "Where is it installed?",
        ("Where is the coolant pump of loop B installed?",),
    ),
    (HEAT, "40 °C", "How heavy is it?", ("How heavy is the pump?",)),
    (
        HEAT,
        "40 °C",
        "Is it lower in winter?",
        ("Is the maximum operating temperature of the pump lower in winter?",),
    ),
    (ROOF, "The landlord.", "Who pays for it?", ("Who pays for the roof?",)),
    (TENANT, "Yes.", "When must he pay?", ("When must the tenant pay?",)),
    (TENANT, "Yes.", "When are they due?", ("When are the heating costs due?",)),
    (FOUNDED, "Ada Holm.", "When was she born?", ("When was Ada Holm born?",)),
    (FOUNDED, "Ada Holm.", "When does it open?", ("When does the archive open?",)),
    (
        "Which pump feeds loop B?",
        "The HX-40.",
        "How heavy is it?",
        ("How heavy is the HX-40?",),
    ),
    (
        "Who makes the pump?",
        "Almgren & Sons.",
        "Where are they based?",
        ("Where are Almgren & Sons based?", "Where is Almgren & Sons based?"),
    ),
    (LOOP, "52 litres.", "How heavy is this pump?", ("How heavy is the coolant pump of loop B?",)),
    # What hangs on the whole question.
    (
        "Can the tenant sublet the flat?",
        "No.",
        "Is there a penalty for that?",
        ("Is there a penalty for that (can the tenant sublet the flat)?",),
    ),
    (ROOF, "The landlord.", "What if he refuses?", (f"{ROOF[:-1]} if he refuses?",)),
    (
        ROOF,
        "The landlord.",
        "Are there any exceptions?",
        (f"Are there any exceptions ({ROOF[0].lower()}{ROOF[1:-1]})?",),
    ),
    (
        LOOP,
        "52 litres.",
        "Tell me more",
        ("Tell me more about the coolant pump of loop B.",),
    ),
    (
        "Does the landlord heat the flat?",
        "Yes.",
        "Also at night?",
        ("Does the landlord heat the flat also at night?",),
    ),
    (OIL, "Every 500 hours.", "And who pays for the oil?", ("Who pays for the oil?",)),
    # These are whole: they stay as they are.
    *(
        (last, "Yes.", asked, (asked,))
        for last, asked in (
            (ROOF, "When is the rent due?"),
            (ROOF, "Who has to repair the windows?"),
            (OIL, "What is the maximum operating temperature of the pump?"),
            (OIL, "Does the landlord have to repair the roof if it leaks?"),
            (OIL, "Is it allowed to keep pets?"),
            (OIL, "Are there two coolant loops on the site?"),
            (REVENUE, "How did Siemens finance its acquisitions in 2021?"),
            (HEAT, "What happens to the deposit when it is returned late?"),
            (TENANT, "Does the lease say that the tenant must insure the flat?"),
            (TENANT, "When does this lease end?"),
            (TENANT, "Which pump has the part number HX-40?"),
            (LOOP, "notice period garage"),
            (LOOP, "Wann muss das Öl gewechselt werden?"),
            (LOOP, "What are the obligations of the tenant and the landlord?"),
            (FOUNDED, "How long does the warranty of the pump last?"),
            (FOUNDED, "Why must the oil in the pump be changed?"),
        )
    ),
]

HEART = "What is the recommended dose of aspirin for patients with heart disease?"
METFORMIN = "Does metformin reduce mortality in patients with diabetes?"
NOTICE = "When must the employee give notice?"
DIVIDEND = "How much did Nestlé pay in dividends in 2019?"
VALVE = "Which valve controls the oil pressure?"
COURT = "Why did the court reject the appeal?"

HELD_OUT: list[Case] = [
    (
        HEART,
        "75 mg a day.",
        "And for children?",
        (
            HEART.replace("patients", "children"),
            "What is the recommended dose of aspirin for children with heart disease?",
            "What is the recommended dose of aspirin for children?",
        ),
    ),
    (HEART, "75 mg a day.", "What about ibuprofen?", (HEART.replace("aspirin", "ibuprofen"),)),
    (
        HEART,
        "75 mg a day.",
        "What are its side effects?",
        ("What are the side effects of aspirin?", "What are aspirin's side effects?"),
    ),
    (
        HEART,
        "75 mg a day.",
        "How often should it be taken?",
        ("How often should aspirin be taken?",),
    ),
    (
        METFORMIN,
        "Yes.",
        "How?",
        ("How does metformin reduce mortality in patients with diabetes?",),
    ),
    (
        METFORMIN,
        "Yes.",
        "By how much?",
        ("By how much does metformin reduce mortality in patients with diabetes?",),
    ),
    (
        METFORMIN,
        "Yes.",
        "What about insulin?",
        ("Does insulin reduce mortality in patients with diabetes?",),
    ),
    (METFORMIN, "Yes.", "Is it safe in pregnancy?", ("Is metformin safe in pregnancy?",)),
    (
        METFORMIN,
        "Yes.",
        "Was that study randomised?",
        ("Was that study randomised (does metformin reduce mortality in patients with diabetes)?",),
    ),
    (
        NOTICE,
        "Four weeks before the end of a month.",
        "And the employer?",
        ("When must the employer give notice?",),
    ),
    (
        NOTICE,
        "Four weeks before the end of a month.",
        "Can she do so by email?",
        (
            "Can the employee do so by email?",
            "Can she do so by email (when must the employee give notice)?",
        ),
    ),
    (
        NOTICE,
        "Four weeks before the end of a month.",
        "During the probation period?",
        ("When must the employee give notice during the probation period?",),
    ),
    (
        NOTICE,
        "Four weeks before the end of a month.",
        "What happens if he doesn't?",
        (
            "What happens if the employee doesn't?",
            "What happens if he doesn't (when must the employee give notice)?",
        ),
    ),
    (
        NOTICE,
        "Four weeks before the end of a month.",
        "Does it have to be in writing?",
        ("Does notice have to be in writing?",),
    ),
    (DIVIDEND, "7.2 billion francs.", "2020?", (DIVIDEND.replace("2019", "2020"),)),
    (DIVIDEND, "7.2 billion francs.", "And Unilever?", (DIVIDEND.replace("Nestlé", "Unilever"),)),
    (DIVIDEND, "7.2 billion francs.", "What about in 2021?", (DIVIDEND.replace("2019", "2021"),)),
    (
        DIVIDEND,
        "7.2 billion francs.",
        "How much per share?",
        ("How much per share did Nestlé pay in dividends in 2019?",),
    ),
    (
        DIVIDEND,
        "7.2 billion francs.",
        "Was that more than in 2018?",
        ("Was that more than in 2018 (how much did Nestlé pay in dividends in 2019)?",),
    ),
    (
        DIVIDEND,
        "7.2 billion francs.",
        "Who is its chief executive?",
        ("Who is Nestlé's chief executive?", "Who is the chief executive of Nestlé?"),
    ),
    (VALVE, "The relief valve V12.", "Where is it?", ("Where is the relief valve V12?",)),
    (
        VALVE,
        "The relief valve V12.",
        "And the water pressure?",
        ("Which valve controls the water pressure?",),
    ),
    (
        VALVE,
        "The relief valve V12.",
        "How often must it be checked?",
        ("How often must the relief valve V12 be checked?",),
    ),
    (
        VALVE,
        "The relief valve V12.",
        "What is the opening pressure of this valve?",
        ("What is the opening pressure of the relief valve V12?",),
    ),
    (
        COURT,
        "It was filed too late.",
        "When did it do so?",
        (
            "When did the court do so?",
            "When did it do so (why did the court reject the appeal)?",
            "When did the court reject the appeal?",
        ),
    ),
    (COURT, "It was filed too late.", "Who filed it?", ("Who filed the appeal?",)),
    (COURT, "It was filed too late.", "When?", ("When did the court reject the appeal?",)),
    (
        COURT,
        "It was filed too late.",
        "And the complaint?",
        ("Why did the court reject the complaint?",),
    ),
    (
        "Where is the main switch of the boiler?",
        "Behind the front panel.",
        "And the fuse?",
        ("Where is the fuse of the boiler?",),
    ),
    (
        "Where is the main switch of the boiler?",
        "Behind the front panel.",
        "How do I reach it?",
        ("How do I reach the main switch of the boiler?",),
    ),
    (
        "What are the symptoms of anaemia?",
        "Fatigue and pallor.",
        "How is it treated?",
        ("How is anaemia treated?",),
    ),
    (
        "What are the symptoms of anaemia?",
        "Fatigue and pallor.",
        "And of diabetes?",
        ("What are the symptoms of diabetes?",),
    ),
    (
        "What are the symptoms of anaemia?",
        "Fatigue and pallor.",
        "When do they appear?",
        ("When do the symptoms of anaemia appear?",),
    ),
    ("May the tenant keep a dog?", "With consent.", "A cat?", ("May the tenant keep a cat?",)),
    (
        "May the tenant keep a dog?",
        "With consent.",
        "Whose?",
        ("May the tenant keep a dog, and whose?",),
    ),
    (
        "May the tenant keep a dog?",
        "With consent.",
        "What if the landlord refuses?",
        ("May the tenant keep a dog if the landlord refuses?",),
    ),
    (
        "How long is the Forth Bridge?",
        "2,467 metres.",
        "When was it opened?",
        ("When was the Forth Bridge opened?",),
    ),
    (
        "How long is the Forth Bridge?",
        "2,467 metres.",
        "and how high?",
        ("How high is the Forth Bridge?",),
    ),
    (
        "How long is the Forth Bridge?",
        "2,467 metres.",
        "Who opened it and when?",
        ("Who opened the Forth Bridge and when?",),
    ),
    *(
        (last, "Yes.", asked, (asked,))
        for last, asked in (
            (HEART, "Which drugs are contraindicated in pregnancy?"),
            (METFORMIN, "How many patients were enrolled in the trial?"),
            (NOTICE, "What is the notice period for the landlord?"),
            (DIVIDEND, "Did Unilever raise its dividend in 2020?"),
            (VALVE, "Does the manual say what to do if the pump loses its prime?"),
            (COURT, "Is there a right to appeal against the decision?"),
            (COURT, "What did the court decide in Smith v. Jones?"),
            (VALVE, "Summarise the chapter on maintenance."),
            (NOTICE, "Is it possible to terminate the contract without notice?"),
            (METFORMIN, "Quelle est la dose maximale ?"),
            (DIVIDEND, "What is the company's strategy for the next five years?"),
            (HEART, "List all contraindications of warfarin"),
        )
    ),
]
