"""`*` stands for any characters, and `?` for any one: line breaks, too.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html#reference_policies_elements_resource_wildcards
"""

import re
from functools import lru_cache

from ministack.core import iam_evaluator

WILDCARDS = {"*": ".*", "?": "."}


def apply() -> None:
    """Compile patterns that match a text as a whole. MiniStack's take no line break, but for one at the end, which they ignore."""

    @lru_cache(maxsize=4096)
    def compiled(pattern: str, ignore_case: bool) -> re.Pattern[str]:
        expression = "".join(WILDCARDS.get(each, re.escape(each)) for each in pattern)
        return re.compile(rf"{expression}\Z", re.DOTALL | (re.IGNORECASE if ignore_case else 0))

    iam_evaluator._fnmatch_compile = compiled
