"""Telnyx's words of campaigns to ours, as tables: each word beside each other, carriers, dates."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.carriers.adapters.telnyx import campaign_mapping, campaign_states
from portal.carriers.campaigns import CampaignReading, CampaignState, Decider, NetworkState
from portal.carriers.contract import Unavailable
from tests.carriers.campaign_filings import NAMES, campaign
from tests.carriers.filings import HOOKS

State = CampaignState

# campaignStatus, and what it means beside submissionStatus CREATED (or none), PENDING and FAILED.
WORDS = [
    ("TCR_PENDING", State.REGISTRY, State.REGISTRY, State.FAILED),
    ("TCR_ACCEPTED", State.PROVIDER, State.PROVIDER, State.UNKNOWN),
    ("TCR_FAILED", State.FAILED, State.UNKNOWN, State.FAILED),
    ("TCR_SUSPENDED", State.SUSPENDED, State.UNKNOWN, State.UNKNOWN),
    ("TCR_EXPIRED", State.EXPIRED, State.UNKNOWN, State.UNKNOWN),
    ("TELNYX_ACCEPTED", State.CARRIERS, State.CARRIERS, State.UNKNOWN),
    ("TELNYX_FAILED", State.REJECTED, State.UNKNOWN, State.REJECTED),
    ("MNO_PENDING", State.CARRIERS, State.CARRIERS, State.UNKNOWN),
    ("MNO_ACCEPTED", State.CARRIERS, State.CARRIERS, State.UNKNOWN),
    ("MNO_REJECTED", State.REJECTED, State.UNKNOWN, State.REJECTED),
    ("MNO_PROVISIONED", State.ACTIVE, State.UNKNOWN, State.UNKNOWN),
    ("MNO_PROVISIONING_FAILED", State.REJECTED, State.UNKNOWN, State.REJECTED),
    (None, State.REGISTRY, State.REGISTRY, State.FAILED),
]
DECIDED = {
    "TCR_FAILED": Decider.REGISTRY,
    "TCR_SUSPENDED": Decider.REGISTRY,
    "TCR_EXPIRED": Decider.REGISTRY,
    "TELNYX_FAILED": Decider.PROVIDER,
    "MNO_REJECTED": Decider.CARRIER,
    "MNO_PROVISIONING_FAILED": Decider.CARRIER,
}


def _reading(networks: dict[str, Any] | None = None, /, **changes: Any) -> CampaignReading:
    rows = campaign_states.networks_of(networks or {}, NAMES)
    return campaign_mapping.reading_of(campaign(**changes), reference="c-1", base=HOOKS, networks=rows)


@pytest.mark.parametrize(("word", "created", "pending", "failed"), WORDS)
def test_every_word_of_the_vendor_beside_every_word_of_the_submission(
    word: str | None, created: State, pending: State, failed: State
) -> None:
    for submission, expected in (("CREATED", created), ("PENDING", pending), ("FAILED", failed)):
        told = _reading(campaignStatus=word, submissionStatus=submission)
        assert told.state is expected, (word, submission)
        if expected is not State.UNKNOWN and word != "TCR_PENDING":
            assert told.decided_by is DECIDED.get(word or "", told.decided_by)
    if word is not None:
        assert _reading(campaignStatus=word, submissionStatus=None).state is created
        assert _reading(campaignStatus=word).decided_by is DECIDED.get(word)


def test_the_table_names_every_word_that_the_adapter_knows() -> None:
    assert {word for word, *_ in WORDS if word} == set(campaign_states._BY_CAMPAIGN_STATUS)


ODD = [
    "ON_THE_DESK",
    "",
    " ",
    "mno_provisioned",
    "MNO_PROVISIONED_SOON",
    7,
    True,
    ["MNO_PROVISIONED"],
    {"a": 1},
    "x" * 9999,
]


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("place", ["campaignStatus", "submissionStatus", "status"])
def test_a_word_that_nobody_knows_is_never_an_approval_nor_any_verdict(place: str, odd: Any) -> None:
    told = _reading({"10017": "APPROVED"}, **{"campaignStatus": "MNO_PROVISIONED", place: odd})
    if str(odd).strip():
        assert (told.state, told.decided_by) == (State.UNKNOWN, None)
        # Kept as it came, and short enough to be kept.
        assert campaign_states.given(odd)[:40] in told.word
    assert len(told.word) <= 100
    if place == "campaignStatus":
        assert told.state is not State.ACTIVE


def test_blanks_around_a_word_change_nothing() -> None:
    assert _reading(campaignStatus=" MNO_PROVISIONED\n").state is State.ACTIVE


@pytest.mark.parametrize(
    ("word", "status", "state", "decider"),
    [
        ("MNO_PROVISIONED", "ACTIVE", State.ACTIVE, None),
        ("MNO_PROVISIONED", None, State.ACTIVE, None),
        ("MNO_PROVISIONED", "EXPIRED", State.EXPIRED, Decider.REGISTRY),
        ("MNO_REJECTED", "EXPIRED", State.EXPIRED, Decider.REGISTRY),
        ("TCR_PENDING", "EXPIRED", State.EXPIRED, Decider.REGISTRY),
        ("TCR_FAILED", "EXPIRED", State.FAILED, Decider.REGISTRY),
        ("TCR_FAILED", "ODD", State.FAILED, Decider.REGISTRY),
        ("TCR_EXPIRED", "ACTIVE", State.EXPIRED, Decider.REGISTRY),
        ("MNO_PROVISIONED", "SUSPENDED", State.SUSPENDED, Decider.REGISTRY),
        ("MNO_PROVISIONED", "DORMANT", State.DORMANT, Decider.PROVIDER),
        ("ODD", "EXPIRED", State.UNKNOWN, None),
    ],
)
def test_what_the_registry_ended_is_not_active_whatever_the_carriers_said(
    word: str, status: str | None, state: State, decider: Decider | None
) -> None:
    told = _reading(campaignStatus=word, status=status)
    assert (told.state, told.decided_by) == (state, decider)


def test_the_words_of_registry_and_provider_are_kept_apart() -> None:
    told = _reading(campaignStatus="TELNYX_FAILED")
    assert (told.word, told.registry_word, told.provider_word) == (
        "TELNYX_FAILED",
        "CREATED / ACTIVE",
        "TELNYX_FAILED",
    )
    told = _reading(campaignStatus="TCR_ACCEPTED", submissionStatus="PENDING")
    assert (told.word, told.registry_word, told.provider_word) == (
        "TCR_ACCEPTED / PENDING",
        "TCR_ACCEPTED / PENDING / ACTIVE",
        "",
    )
    told = _reading(campaignStatus="MNO_PROVISIONED")
    assert (told.registry_word, told.provider_word) == ("CREATED / ACTIVE", "MNO_PROVISIONED")
    assert _reading(campaignStatus="MNO_PROVISIONED", status="EXPIRED").word == "MNO_PROVISIONED / EXPIRED"


_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
_WORD = _ANY | st.sampled_from(
    [*(word for word, *_ in WORDS), "CREATED", "PENDING", "FAILED", "ACTIVE", "EXPIRED"]
)
_SAID = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(("campaignStatus", "submissionStatus", "status"), _WORD),
        **dict.fromkeys(
            ("failureReasons", "nextRenewalOrExpirationDate", "createDate", "billedDate", "autoRenewal", "sample1",
             "subUsecases", "referenceId", "webhookURL", "tcrCampaignId", "isTMobileSuspended", "usecase"),
            _ANY,
        ),
    },
)  # fmt: skip


@pytest.mark.slow
@settings(max_examples=400, deadline=None)
@given(
    said=_SAID,
    words=st.dictionaries(st.sampled_from(["10017", "10035"]), _ANY | st.just("APPROVED"), max_size=2),
)
def test_whatever_is_answered_is_read_without_a_fault_and_only_one_word_is_active(
    said: dict[str, Any], words: dict[str, Any]
) -> None:
    rows = campaign_states.networks_of(words, NAMES)
    try:
        told = campaign_mapping.reading_of(said, reference="c-1", base=HOOKS, networks=rows)
    except Unavailable:
        assert said.get("isTMobileSuspended") is True
        return
    if told.state is State.ACTIVE:
        assert said["campaignStatus"].strip() == "MNO_PROVISIONED"
        assert str(said.get("submissionStatus") or "").strip() in ("", "CREATED")
        assert not words or NetworkState.APPROVED in {one.state for one in told.networks}
    json.dumps([told.raw, dict(told.filed), told.word, told.registry_word, told.provider_word])
    assert max(len(told.word), len(told.registry_word), len(told.provider_word)) <= 100


# -- the mobile carriers ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "state", "decider"),
    [
        ({}, State.ACTIVE, None),
        ({"10017": "APPROVED", "10035": "APPROVED"}, State.ACTIVE, None),
        ({"10017": "APPROVED", "10035": "REJECTED"}, State.ACTIVE, None),
        ({"10017": "APPROVED", "10035": "WHAT"}, State.ACTIVE, None),
        ({"10017": "REVIEW", "10035": "REVIEW"}, State.CARRIERS, None),
        ({"10017": "SUSPENDED", "10035": "SUSPENDED"}, State.SUSPENDED, Decider.CARRIER),
        ({"10017": "REJECTED", "10035": "REJECTED"}, State.UNKNOWN, None),
        ({"10017": "REVIEW", "10035": "SUSPENDED"}, State.UNKNOWN, None),
        ({"10017": "WHAT"}, State.UNKNOWN, None),
        ({"10017": None}, State.UNKNOWN, None),
    ],
)
def test_provisioned_counts_when_a_carrier_has_approved_it(
    words: dict[str, Any], state: State, decider: Decider | None
) -> None:
    told = _reading(words, campaignStatus="MNO_PROVISIONED")
    assert (told.state, told.decided_by) == (state, decider)
    assert len(told.networks) == len(words)


def test_all_approved_is_no_approval_while_the_provider_still_says_pending() -> None:
    assert _reading({"10017": "APPROVED"}, campaignStatus="MNO_PENDING").state is State.CARRIERS


@pytest.mark.parametrize(
    ("said", "state", "word"),
    [
        ("APPROVED", NetworkState.APPROVED, "APPROVED"),
        ("REJECTED", NetworkState.REJECTED, "REJECTED"),
        ("REVIEW", NetworkState.REVIEW, "REVIEW"),
        ("SUSPENDED", NetworkState.SUSPENDED, "SUSPENDED"),
        ("UNSUSPENDED", NetworkState.UNKNOWN, "UNSUSPENDED"),
        ("approved", NetworkState.UNKNOWN, "approved"),
        ("", NetworkState.UNKNOWN, ""),
        (None, NetworkState.UNKNOWN, ""),
        (1, NetworkState.UNKNOWN, "1"),
        ({"status": "APPROVED"}, NetworkState.UNKNOWN, '{"status": "APPROVED"}'),
    ],
)
def test_a_carriers_word_is_ours_or_unknown_and_kept(said: Any, state: NetworkState, word: str) -> None:
    (row,) = campaign_states.networks_of({"10017": said}, NAMES)
    assert (row.code, row.name, row.state, row.word) == ("10017", "AT&T", state, word)


def test_a_carrier_without_a_name_is_called_by_its_number() -> None:
    (row,) = campaign_states.networks_of({"10999": "REVIEW"}, NAMES)
    assert row.name == "10999"


@pytest.mark.parametrize(
    "answer", [{"errors": [{"code": "1"}]}, {"data": {"10017": "APPROVED"}}, {"AT&T": "APPROVED"}]
)
def test_what_is_no_map_of_carriers_is_no_answer(answer: dict[str, Any]) -> None:
    with pytest.raises(Unavailable):
        campaign_states.networks_of(answer, NAMES)


def test_a_flood_of_carriers_is_cut() -> None:
    assert len(campaign_states.networks_of({str(n): "REVIEW" for n in range(9000)}, {})) == 50


def test_t_mobiles_own_flag_counts_more_than_its_word() -> None:
    words = {"10017": "APPROVED", "10035": "APPROVED"}
    told = _reading(words, campaignStatus="MNO_PROVISIONED", isTMobileSuspended=True)
    assert told.state is State.ACTIVE
    assert [(one.name, one.state) for one in told.networks] == [
        ("AT&T", NetworkState.APPROVED),
        ("T-Mobile", NetworkState.SUSPENDED),
    ]
    assert told.networks[1].word == "APPROVED / isTMobileSuspended"
    only = _reading({"10035": "APPROVED"}, campaignStatus="MNO_PROVISIONED", isTMobileSuspended=True)
    assert (only.state, only.decided_by) == (State.SUSPENDED, Decider.CARRIER)


def test_a_suspension_by_t_mobile_is_told_where_the_map_has_no_row_for_it() -> None:
    told = _reading({"10017": "APPROVED"}, campaignStatus="MNO_PROVISIONED", isTMobileSuspended=True)
    assert [one.name for one in told.networks] == ["AT&T", "T-Mobile"]
    # Where the carriers have no say, a flag that was left standing is no row.
    for word in ("TCR_EXPIRED", "TCR_ACCEPTED", "TELNYX_FAILED"):
        assert _reading(campaignStatus=word, isTMobileSuspended=True).networks == ()
    with pytest.raises(Unavailable):
        _reading({"10999": "APPROVED"}, campaignStatus="MNO_PROVISIONED", isTMobileSuspended=True)


# -- dates -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "moment"),
    [
        ("2027-02-22T10:11:12.345000+00:00", datetime(2027, 2, 22, 10, 11, 12, 345000, tzinfo=UTC)),
        ("2027-02-22T10:11:12.345Z", datetime(2027, 2, 22, 10, 11, 12, 345000, tzinfo=UTC)),
        ("2027-02-22T10:11:12", datetime(2027, 2, 22, 10, 11, 12, tzinfo=UTC)),
        ("2027-02-22T10:11:12.801186", datetime(2027, 2, 22, 10, 11, 12, 801186, tzinfo=UTC)),
        ("2027-02-22 10:11:12", datetime(2027, 2, 22, 10, 11, 12, tzinfo=UTC)),
        ("2027-02-22T05:11:12-05:00", datetime(2027, 2, 22, 10, 11, 12, tzinfo=UTC)),
        ("2027-02-22T10:11:12+0000", datetime(2027, 2, 22, 10, 11, 12, tzinfo=UTC)),
        ("2027-02-22", datetime(2027, 2, 22, tzinfo=UTC)),
        (" 2027-02-22 ", datetime(2027, 2, 22, tzinfo=UTC)),
        ("2028-02-29", datetime(2028, 2, 29, tzinfo=UTC)),
        ("1803291072", datetime(2027, 2, 22, 10, 11, 12, tzinfo=UTC)),
        ("1803291072345", datetime(2027, 2, 22, 10, 11, 12, 345000, tzinfo=UTC)),
        (1803291072, datetime(2027, 2, 22, 10, 11, 12, tzinfo=UTC)),
        (1803291072345, datetime(2027, 2, 22, 10, 11, 12, 345000, tzinfo=UTC)),
        *(
            (junk, None)
            for junk in ("", " ", "soon", "2027-02-30", "02/22/2027", "0", "20270", "9" * 40, "N/A")
        ),
        *((junk, None) for junk in (None, True, 7, -1803291072, 1e300, [], {}, "0001-01-01", "9999-12-31")),
        ("١٨٠٣٢٩١٠٧٢", None),
    ],
)
def test_a_day_is_read_in_every_form_of_the_vendor_and_never_guessed(
    said: Any, moment: datetime | None
) -> None:
    told = _reading(nextRenewalOrExpirationDate=said, billedDate=said, createDate=said)
    assert (told.ends_at, told.billed_at, told.created_at) == (moment, moment, moment)


@pytest.mark.parametrize(
    ("said", "flag"), [(True, True), (False, False), (None, None), ("true", None), (1, None)]
)
def test_the_flag_is_a_flag_or_nothing(said: Any, flag: bool | None) -> None:
    assert _reading(autoRenewal=said).renews is flag
