"""Make the sample documents of ``assets/samples``. Their content is invented."""

from pathlib import Path

from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Spacer

SAMPLES = Path(__file__).resolve().parent.parent / "assets" / "samples"

MANUAL: list[tuple[str, list[str]]] = [
    (
        "1 Safety",
        [
            "The HX-40 is a magnetically coupled chemical process pump. Only trained staff may "
            "install, run and service it. Before any work on the pump, switch off the motor, lock "
            "the isolator and close the suction and discharge valves.",
            "The pump must never run dry. Running dry for more than 20 seconds destroys the plain "
            "bearings. The dry-run relay K3 stops the motor when the power input falls below "
            "1.1 kW for 5 seconds.",
            "Surfaces may reach 85 °C in operation. Let the pump cool for at least 30 minutes "
            "before you touch the casing.",
        ],
    ),
    (
        "2 Technical data",
        [
            "Rated flow: 40 m³/h. Rated head: 32 m.",
            "Maximum operating temperature: 110 °C. Minimum operating temperature: -20 °C.",
            "Maximum casing pressure: 16 bar. Motor power: 7.5 kW. Mass with motor: 118 kg.",
            "With fluids that hold solids, the largest grain may measure 0.5 mm and the share of "
            "solids may be 2 % by mass. For higher shares, fit the strainer SF-2 on the suction "
            "side.",
        ],
    ),
    (
        "3 Maintenance",
        [
            "Check the pump for noise and leaks every day. Check the vibration every month: a "
            "velocity above 4.5 mm/s calls for new bearings.",
            "Change the oil in the bearing bracket after the first 300 operating hours and then "
            "every 4,000 operating hours, at the latest once a year. Use 0.9 litres of ISO VG 46 "
            "mineral oil. Collect the used oil and hand it in for recycling.",
            "Replace the plain bearings after 16,000 operating hours. Replace the O-ring of the "
            "containment shell each time the pump is opened; the part number is 40-1187.",
        ],
    ),
    (
        "4 Faults",
        [
            "No flow: the suction valve is closed, or the magnet coupling has slipped. Open the "
            "valve, or stop the pump, let it cool and start it again.",
            "Too little head: the pump turns in the wrong direction. Swap two phases.",
            "The motor trips: the fluid is too dense. Fit the smaller impeller 40-1190.",
            "Noise: cavitation. Raise the suction pressure by at least 0.3 bar.",
            "If the magnet coupling slips three times within a day, the magnets have lost strength "
            "through heat: replace the inner rotor (part number 40-1175).",
        ],
    ),
]

LEASE = """# Residential lease agreement

Between Maria Lindqvist (the landlord) and Tomas Keller (the tenant), for the flat on the second
floor of Gartenstrasse 12. This document is an invented sample.

## 1 Rent and payment

The rent is 1,240 euros a month, due on the third working day of each month. Heating and water are
not included; the tenant pays 180 euros a month for them in advance, settled once a year. A payment
that is more than ten days late bears interest of 5 percentage points above the base rate.

## 2 Deposit

The tenant pays a deposit of 3,720 euros before moving in. The landlord keeps it apart from her own
money and returns it with interest within six months after the end of the lease, less what the
tenant owes.

## 3 Term and notice

The lease begins on 1 April 2025 and has no fixed end. The tenant may give notice of three months to
the end of any month. The landlord's notice is three months during the first five years, six months
after five years and nine months after eight years.

## 4 Repairs

The landlord repairs the roof, the outer walls, the windows, the heating and all pipes. The tenant
bears small repairs up to 110 euros each and at most 8 percent of a year's rent in all. Damage must
be reported to the landlord within seven days.

## 5 Use

The flat may be used for living only. Subletting a part of it needs the landlord's consent, which
she may refuse only for good reason. One cat or one small dog is allowed; any other animal needs
written consent. Rest is to be kept from 22:00 to 7:00.
"""


def make_manual(path: Path) -> None:
    """Write the pump's service manual as a PDF of four pages."""
    styles = getSampleStyleSheet()
    story: list[object] = [Paragraph("HX-40 process pump: service manual", styles["Title"])]
    for i, (heading, parts) in enumerate(MANUAL):
        if i:
            story.append(PageBreak())
        story.append(Paragraph(heading, styles["Heading1"]))
        for part in parts:
            story += [Paragraph(part, styles["BodyText"]), Spacer(1, 8)]
    document = SimpleDocTemplate(
        str(path), pagesize=A4, title="HX-40 process pump: service manual", invariant=1
    )
    document.build(story)


if __name__ == "__main__":
    SAMPLES.mkdir(parents=True, exist_ok=True)
    make_manual(SAMPLES / "Pump HX-40 service manual.pdf")
    (SAMPLES / "Residential lease.md").write_text(LEASE, encoding="utf-8")
