"""One bad and one good example for every rule, as data: shown where a rule is explained, and tried by the tests.

`field` is the answer that the words are for, "" where the two are sentences about the campaign and no answer.
The examples are in English, as what is filed has to be.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Example:
    """What a rule speaks of, and what it is content with."""

    field: str
    bad: str
    good: str


_STOP = "Reply STOP to unsubscribe."

EXAMPLES: dict[str, Example] = {
    "F01": Example("privacy_url", "", "https://www.larkspurdental.com/privacy"),
    "F02": Example("help_message", "Call us.", "Larkspur Dental: for help call (415) 555-0142."),
    "F03": Example("", "One sample message, or six.", "Two to five, each of another kind."),
    "F04": Example("", "Two samples that differ in a name only.", "A reminder, and an answer to a question."),
    "F05": Example(
        "sample_1",
        f"Larkspur Dental: su cita es mañana a las 9, por favor llegue temprano. {_STOP}",
        f"Larkspur Dental: your appointment is tomorrow at 9:00, please come early. {_STOP}",
    ),
    "F06": Example("optout_keywords", "STOP,OPT OUT", "STOP,UNSUBSCRIBE,CANCEL,END,QUIT"),
    "F07": Example("optout_keywords", "END,CANCEL", "STOP,UNSUBSCRIBE,CANCEL,END,QUIT"),
    "B14": Example("", "A campaign for a brand that is still in review.", "A campaign for a verified brand."),
    "C01": Example(
        "sample_1",
        f"Your appointment is tomorrow at 9:00. {_STOP}",
        f"Larkspur Dental: your appointment is tomorrow at 9:00. {_STOP}",
    ),
    "C02": Example(
        "sample_1",
        "Larkspur Dental: your appointment is tomorrow at 9:00.",
        f"Larkspur Dental: your appointment is tomorrow at 9:00. {_STOP}",
    ),
    "C03": Example(
        "sample_1",
        "Larkspur Dental: your appointment is tomorrow at 9:00. Text STOP2END",
        f"Larkspur Dental: your appointment is tomorrow at 9:00. {_STOP}",
    ),
    "C04": Example(
        "sample_1",
        f"Larkspur Dental: confirm at https://bit.ly/3xYz9 {_STOP}",
        f"Larkspur Dental: confirm at https://www.larkspurdental.com/c {_STOP}",
    ),
    "C05": Example(
        "sample_1",
        f"Larkspur Dental: confirm at http://www.larkspurdental.com/c {_STOP}",
        f"Larkspur Dental: confirm at https://www.larkspurdental.com/c {_STOP}",
    ),
    "C06": Example("", "“No links” is answered, and a sample holds one.", "Answer and samples say the same."),
    "C07": Example(
        "",
        "“No phone numbers” is answered, and a sample says: call 415 555 0142.",
        "Answer and samples agree.",
    ),
    "C08": Example(
        "sample_1",
        f"Larkspur Dental: red wine tasting for our patients on Friday. {_STOP}",
        f"Larkspur Dental: come to our open house on Friday. {_STOP}",
    ),
    "C09": Example(
        "sample_1",
        f"Larkspur Dental: a personal loan for your crowns, apply today. {_STOP}",
        f"Larkspur Dental: your bill can be paid at the desk. {_STOP}",
    ),
    "C10": Example(
        "sample_1",
        f"Larkspur Dental: CBD gummies against the fear of drills. {_STOP}",
        f"Larkspur Dental: ask us if you fear the drill. {_STOP}",
    ),
    "C11": Example(
        "sample_1",
        f"Larkspur Dental: hi {{{{first_name}}}}, see you tomorrow. {_STOP}",
        f"Larkspur Dental: hi [first name], see you tomorrow at 9:00. {_STOP}",
    ),
    "C12": Example(
        "", "“Your code is 123456” in a marketing campaign.", "A sample for each kind that is chosen."
    ),
    "C13": Example(
        "", "“20% off this weekend” in a customer care campaign.", "Offers only where marketing is chosen."
    ),
    "C14": Example("", "A mixed campaign with one kind of messages.", "A mixed campaign with two to five."),
    "C15": Example(
        "message_flow",
        "We text the people in our database, who know Larkspur Dental well and expect to hear from us.",
        "Patients of Larkspur Dental enter their mobile number in the form at https://www.larkspurdental.com/book "
        "and tick an unticked check box to get texts.",
    ),
    "C16": Example(
        "message_flow",
        "Patients of Larkspur Dental enter their mobile number in a form on our website and tick a check box.",
        "Patients of Larkspur Dental enter their mobile number in the form at https://www.larkspurdental.com/book "
        "and tick an unticked check box to get texts.",
    ),
    "C17": Example(
        "message_flow",
        "Patients of Larkspur Dental enter their mobile number at https://www.larkspurdental.com/book.",
        "Patients of Larkspur Dental enter their mobile number at https://www.larkspurdental.com/book. Message "
        "frequency varies. Message and data rates may apply. Reply HELP for help, STOP to opt out. Privacy policy "
        "and terms: https://www.larkspurdental.com/legal",
    ),
    "C18": Example(
        "message_flow",
        "Patients of Larkspur Dental see a pre-checked box at https://www.larkspurdental.com/book.",
        "Patients of Larkspur Dental tick an unticked box at https://www.larkspurdental.com/book.",
    ),
    "C19": Example(
        "",
        "Consent on paper, and not a word of the website.",
        "“Our website does not collect phone numbers.”",
    ),
    "C20": Example(
        "optin_message",
        "Larkspur Dental: welcome to our reminders!",
        "Larkspur Dental: you get appointment reminders. Message frequency varies. Message and data rates may apply. "
        "Reply HELP for help, STOP to opt out.",
    ),
    "C21": Example(
        "optout_message",
        "Larkspur Dental: thank you, we got your message.",
        "Larkspur Dental: you are unsubscribed and will receive no more messages.",
    ),
    "C22": Example(
        "help_message",
        "Larkspur Dental: we are always here for you!",
        "Larkspur Dental: for help call (415) 555-0142.",
    ),
    "C23": Example(
        "privacy_url", "http://www.larkspurdental.com/privacy", "https://www.larkspurdental.com/privacy"
    ),
    "C24": Example(
        "",
        "A privacy policy that says nothing of mobile numbers.",
        "“Mobile numbers and consent are never shared with third parties.”",
    ),
    "C25": Example(
        "",
        "Terms that do not mention texts.",
        "Terms with programme, frequency, rates, STOP, HELP, and “carriers are not liable”.",
    ),
    "C26": Example(
        "description",
        "Staff of Larkspur Dental use it for personal texting with friends and family.",
        "Larkspur Dental reminds its patients of appointments and answers the questions that they text back.",
    ),
    "C27": Example(
        "description",
        "A test campaign of Larkspur Dental to try out the API, for internal testing.",
        "Larkspur Dental reminds its patients of appointments and answers the questions that they text back.",
    ),
    "C28": Example(
        "description",
        "Larkspur Dental sends reminders on behalf of our clients, many small businesses.",
        "Larkspur Dental reminds its patients of appointments and answers the questions that they text back.",
    ),
    "C29": Example(
        "description",
        "Texts about our business and about things that matter.",
        "Larkspur Dental reminds its patients of appointments and answers the questions that they text back.",
    ),
    "C30": Example(
        "sample_1",
        f"Larkspur Dental: donate today, your donation is tax-deductible. {_STOP}",
        f"Larkspur Dental: thank you for donating blood with us on Monday. {_STOP}",
    ),
    "C31": Example("", "The same use case and description twice.", "One campaign for one purpose."),
    "C32": Example("name", "Campaign 1", "Larkspur Dental reminders"),
    "C33": Example(
        "description",
        "Larkspur Dental reminds patients of appointments; ask Ada Osei, ada@home.example, 415-555-0142.",
        "Larkspur Dental reminds its patients of appointments and answers the questions that they text back.",
    ),
    "C34": Example(
        "sample_1",
        f"Larkspur Dental: pay at https://www.paysomething.com/a {_STOP}",
        f"Larkspur Dental: pay at https://pay.larkspurdental.com/a {_STOP}",
    ),
    "C35": Example(
        "sample_1",
        f"Larkspur Dental: evacuation order for your street, leave now. {_STOP}",
        f"Larkspur Dental: our office closes at 2 PM today because of the weather. {_STOP}",
    ),
    "C36": Example("", "A hundred campaigns of one brand.", "One campaign for each purpose."),
}
