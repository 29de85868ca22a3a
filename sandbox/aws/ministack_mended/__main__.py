"""Mends MiniStack and serves it: `python -m ministack_mended`, settings as MiniStack's own in the environment."""

import ministack.app

from . import gateway, lifetime, mends, web_identity

lifetime.end_with_parent()
mends.apply()
web_identity.apply()
gateway.install()
ministack.app.main()
