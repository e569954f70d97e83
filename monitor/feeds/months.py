"""Names of months and weekdays as dates in feeds write them, in small letters. Pure."""

from __future__ import annotations

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan янв січ ene gen janv 1월",
            "feb фев лют févr fév fevr fev 2월",
            "mar мар бер mär mrz mars märz 3월",
            "apr апр кві avr abr 4월",
            "may май мая тра mai mag maj mei 5월",
            "jun июн чер juin giu 6월",
            "jul июл лип juil lug 7월",
            "aug авг сер août aoû aou ago 8월",
            "sep сен вер sept set 9월",
            "oct окт жов okt out ott 10월",
            "nov ноя лис 11월",
            "dec дек гру déc dez dic 12월",
        ),
        start=1,
    )
    for name in names.split()
}
"""By the whole name where it is short, else by its first four or three letters."""

WEEKDAYS = {
    name: number
    for number, names in enumerate(
        (
            "mon monday пн пон понедельник 월 월요일 月",
            "tue tues tuesday вт вто вторник 화 화요일 火",
            "wed wednesday ср сре среда 수 수요일 水",
            "thu thur thurs thursday чт чет четверг 목 목요일 木",
            "fri friday пт пят пятница 금 금요일 金",
            "sat saturday сб суб суббота 토 토요일 土",
            "sun sunday вс вск вос воскресенье 일 일요일 日",
        )
    )
    for name in names.split()
}
"""Monday is 0."""
