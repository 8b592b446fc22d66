"""`?embed=plan,time_reports,rollup`: the planned side of tasks in the same answer, for a constant number of queries."""

from collections.abc import Mapping

from tasks.embeds import Loader

EMBEDS: Mapping[str, Loader] = {}
