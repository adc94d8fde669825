"""What a web page holds beside the text that is shown."""

from dataclasses import dataclass


@dataclass(slots=True)
class Found:
    """What a page holds beside the text that is shown."""

    hidden: int = 0
    pictures: int = 0
    media: int = 0
    too_many_rules: bool = False

    def add(self, other: "Found") -> None:
        """Add what another page holds."""
        self.hidden += other.hidden
        self.pictures += other.pictures
        self.media += other.media
        self.too_many_rules = self.too_many_rules or other.too_many_rules

    def sentences(self) -> list[str]:
        """Say what was not read, a sentence each."""
        counted = (
            (self.hidden, "{} part{s} of the page that {is_} not shown {was} left out."),
            (self.pictures, "{} picture{s} {was} not read."),
            (
                self.too_many_rules,
                "The style sheets of the page are too large: parts that they hide may stand in it.",
            ),
            (self.media, "{} embedded page{s} or recording{s} {was} not read."),
        )
        return [
            text.format(
                count,
                s="s" if count > 1 else "",
                was="were" if count > 1 else "was",
                is_="are" if count > 1 else "is",
            )
            for count, text in counted
            if count
        ]
