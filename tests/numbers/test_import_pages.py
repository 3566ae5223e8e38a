"""The pages of a file: uploaded, followed, looked at, imported, stopped, and its failures mended."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from phone_numbers import importing
from phone_numbers.import_models import Import
from phone_numbers.models import Number
from portal import clock
from portal.audit.models import Event
from portal.clock import Times
from portal.lifecycle import loop
from portal.lifecycle.claiming import take
from tests.jobs.in_steps import JOBS, all_steps, one_step
from tests.numbers.files import a_file, checked, counts, fresh, many, uploaded
from tests.people import Person

pytestmark = pytest.mark.django_db

NEW = "/numbers/imports/new/"


def sent(person: Person, file: SimpleUploadedFile, **more: str) -> Any:
    return person.post(NEW, {"product": "phone", "file": file, "whole": "1"} | more)


def text_of(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_a_file_goes_from_its_upload_to_the_list(ada: Person) -> None:
    answer = sent(ada, a_file("number,label\n2065550101,Desk\nx,y\n", name="desks.csv"))
    path = answer["Location"]
    assert "The rows are being checked" in text_of(ada.get(path))
    all_steps()
    page = text_of(ada.get(path))
    assert "<strong>1</strong> number is new" in page
    assert "<strong>1</strong> row cannot be taken" in page
    assert "This is no phone number of the US or Canada" in page
    assert "+1 206 555 0101" in text_of(ada.get(f"{path}?show=new"))
    assert ada.post(f"{path}application/")["Location"] == path
    assert "The rows are being imported" in text_of(ada.get(path))
    all_steps()
    assert "<strong>1</strong> number added" in text_of(ada.get(path))
    with ada.acting():
        source = Import.objects.get()
    assert "+1 206 555 0101" in text_of(ada.get(f"/numbers/?product=phone&import={source.pk}"))
    assert "desks.csv" in text_of(ada.get("/numbers/imports/"))


def test_progress_is_answered_only_when_there_is_some(ada: Person) -> None:
    source = uploaded(ada, "number\n2065550101\n")
    path, part = source.get_absolute_url(), {"HTTP_HX_REQUEST": "true"}
    first = ada.get(path, **part)
    mark = text_of(first).split("seen=")[1].split('"')[0]
    assert ada.get(f"{path}?seen={mark}", **part).status_code == 204
    all_steps()
    answer = ada.get(f"{path}?seen={mark}", **part)
    assert "What will happen" in text_of(answer)
    assert "numbers.csv is now: Checked" in text_of(answer)


def test_a_file_that_did_not_arrive_whole_is_asked_for_again(ada: Person) -> None:
    answer = ada.post(NEW, {"product": "phone", "file": a_file("number\n2065550101\n")})
    assert answer.status_code == 422
    assert "did not arrive whole" in text_of(answer)


def test_what_is_wrong_with_a_file_stands_beside_it(ada: Person) -> None:
    assert "Choose the file" in text_of(ada.post(NEW, {"product": "phone", "whole": "1"}))
    answer = sent(ada, a_file(b"\x89PNG\r\n\x1a\n", name="numbers.csv"))
    assert answer.status_code == 422
    assert "This is a picture, whatever its name says" in text_of(answer)
    with ada.acting():
        assert not Import.objects.exists()


def test_an_import_that_was_stopped_goes_on_where_it_stood(ada: Person) -> None:
    source = checked(ada, many(9_000))
    path = source.get_absolute_url()
    ada.post(f"{path}application/")
    one_step()
    ada.post(f"{path}stopping/")
    all_steps()
    source = fresh(ada, source)
    assert (source.state, source.added) == ("stopped", importing.PIECE)
    assert "Import the rest" in text_of(ada.get(path))
    ada.post(f"{path}application/")
    all_steps()
    source = fresh(ada, source)
    assert (source.state, source.added) == ("applied", 9_000)
    with ada.acting():
        assert Number.objects.count() == Event.objects.filter(action="number.added").count() == 9_000
        actions = list(
            Event.objects.filter(object_kind="import").order_by("id").values_list("action", flat=True)
        )
    assert actions == [f"import.{one}" for one in ("uploaded", "started", "stopped", "started", "applied")]


def test_a_check_that_is_stopped_throws_the_file_away(ada: Person) -> None:
    source = uploaded(ada, "number\n2065550101\n")
    ada.post(f"{source.get_absolute_url()}stopping/")
    all_steps()
    assert fresh(ada, source).state == "discarded"
    assert "The file was discarded" in text_of(ada.get(source.get_absolute_url()))


def test_new_rows_are_paged_both_ways(ada: Person) -> None:
    source = checked(ada, many(130))
    path = f"{source.get_absolute_url()}?show=new"
    assert 'scope="row" class="mono">2<' in text_of(ada.get(path))
    second = ada.get(f"{path}&after=51")
    assert 'scope="row" class="mono">52<' in text_of(second)
    back = ada.get(f"{path}&before=52")
    assert 'scope="row" class="mono">2<' in text_of(back)
    assert ada.get(f"{path}&after=x").status_code == 400


def test_the_failures_can_be_mended_and_uploaded_again(ada: Person) -> None:
    source = checked(ada, "Phone;Name;Note\n2065550101;a;x\n1.2E+10;=b;y\n206555010;c;z\n")
    answer = ada.get(f"{source.get_absolute_url()}failures/")
    content = b"".join(answer.streaming_content).decode("utf-8-sig")
    first, second = csv.DictReader(io.StringIO(content))
    assert (first["Phone"], first["Name"], first["Note"], first["row"]) == ("1.2E+10", "'=b", "y", "3")
    assert (second["problem_column"], second["problem_value"]) == ("Phone", "206555010")
    assert "shortened this number" in first["problem"]
    mended = content.replace("1.2E+10", "2065550102", 1).replace("206555010,", "2065550103,", 1)
    assert counts(checked(ada, mended)) == (2, 0, 0, 0)


def test_a_worker_that_dies_while_it_imports_leaves_each_number_once(ada: Person) -> None:
    source = checked(ada, many(9_000))
    with ada.acting():
        importing.apply(source, by=ada.actor, times=clock.read())
    one_step()

    def die(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        answer = execute(sql, params, many, context)
        if "numbers_number" in sql and "audit_event" in sql:
            raise SystemExit
        return answer

    with connection.execute_wrapper(die), pytest.raises(SystemExit):
        one_step()
    later = clock.read()
    (claim,) = take(JOBS, Times(later.machine + timedelta(minutes=1), later.business))
    loop.step(claim)
    all_steps()
    assert (fresh(ada, source).state, fresh(ada, source).added) == ("applied", 9_000)
    with ada.acting():
        assert Number.objects.count() == Event.objects.filter(action="number.added").count() == 9_000
