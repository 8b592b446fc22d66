"""Page after page, a listener gets back to where all are: with what it was told of already, it is not told again."""

import pytest
from django.http import QueryDict

from events.catching_up import Heard, missed
from events.wishes import wish_of

pytestmark = pytest.mark.django_db(transaction=True)


def kinds(page):
    return [event.kind for part in page.slices for event in part]


def test_a_later_page_brings_what_is_new_alone(api, project, make_task):
    """Else whoever was too far behind for one page might be told the same for ever."""
    wish = wish_of(project, QueryDict(), "")
    old = make_task(status="processing")
    last, heard = missed(wish, None, 0).position, Heard()
    make_task("new")
    api.patch(f"tasks/{old['id']}", {"value": 1})
    first = missed(wish, last._replace(number=old["number"]), 0, heard)
    assert kinds(first) == ["created", "progress"]
    second = missed(wish, first.position, 0, heard)
    assert kinds(second) == []
    api.patch(f"tasks/{old['id']}", {"value": 2})
    make_task("newer")
    assert kinds(missed(wish, second.position, 0, heard)) == ["created", "progress"]
