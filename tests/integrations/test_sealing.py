"""`integrations.sealing`: secrets of channels at rest, and the change of the key."""

import pytest

from integrations.sealing import Unreadable, seal, unseal


def test_what_is_sealed_can_be_read_again_and_not_be_seen():
    sealed = seal("whsec_grüße")
    assert "whsec" not in sealed
    assert unseal(sealed) == "whsec_grüße"


def test_the_same_text_never_looks_the_same():
    assert seal("a") != seal("a")


def test_the_first_key_encrypts_and_all_decrypt(settings):
    settings.TASKAPI_ENCRYPTION_KEYS = ["old"]
    sealed = seal("secret")
    settings.TASKAPI_ENCRYPTION_KEYS = ["new", "old"]
    renewed = seal("secret")
    assert unseal(sealed) == unseal(renewed) == "secret"
    settings.TASKAPI_ENCRYPTION_KEYS = ["new"]
    assert unseal(renewed) == "secret"
    with pytest.raises(Unreadable):
        unseal(sealed)


def test_what_secret_key_sealed_stays_readable_when_keys_are_named(settings):
    sealed = seal("secret")
    settings.TASKAPI_ENCRYPTION_KEYS = ["key"]
    assert unseal(sealed) == "secret"
    renewed = seal("secret")
    settings.SECRET_KEY = "another"
    assert unseal(renewed) == "secret"


def test_without_keys_secret_key_alone_can_read(settings):
    sealed = seal("secret")
    settings.SECRET_KEY = "another"
    with pytest.raises(Unreadable):
        unseal(sealed)


@pytest.mark.parametrize("sealed", ["", "nonsense", "gAAAAA", "ü", "whsec_abc"])
def test_what_was_never_sealed_is_unreadable(sealed):
    with pytest.raises(Unreadable):
        unseal(sealed)


def test_a_tampered_text_is_unreadable():
    sealed = seal("secret")
    changed = sealed[:20] + ("A" if sealed[20] != "A" else "B") + sealed[21:]
    with pytest.raises(Unreadable):
        unseal(changed)


def test_the_error_says_which_settings_to_look_at():
    with pytest.raises(Unreadable, match=r"TASKAPI_ENCRYPTION_KEYS.*SECRET_KEY"):
        unseal("nonsense")
