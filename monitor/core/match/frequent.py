"""How common a token is: so that a rule wakes by the rarest of its words.

Words that stand in most stories, the commonest first, counted over news in three languages. They decide nothing but
speed: a rule that has no other word wakes by a common one.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from monitor.core.text import CHUNKS

_HIGHEST = 300
"""What the commonest word costs; an unknown word of four letters costs 4."""

_HALVES = 30
"""Ranks after which the cost is half of that."""

_WORD = 4.0
"""What an unknown word costs that has at least `_LONG` letters; each letter less doubles it."""

_LONG = 4

_NAME = 0.05
"""What is left of that for a word that is written with a capital."""

_PAIR = 2.0
"""What an unknown pair of syllables costs, or a character of Han."""

_ENGLISH = """
the to in of a and for on is with that at said was as from by it be after over are an have but he us has new
year will his this not were more police up which state or who two one they their out about had people say
time man its been united world first than into when day other cnn all also no president may iraq report can
wednesday off monday some thursday would according there you last her down three against back government war
win court before plan month if week take city we water death make saturday official s sunday tuesday could
fire most only friday council million made minister rain told so i call home govt she during many set them
now old south still woman price while group found claim get called four national what even under part work
north face five reported continue announced hospital second area public nation high long event like around
since record car through way killed oil missile just being former between campaign country place because end
house show top any election china game help news run next these attack service team leader october hit korea
american died security final go open force right international child point tourist yesterday our such air
nsw case charge support september him un offer health union talk protest obama change issue number six local
cup remain night another move where scientist do ban west bush need site use island life party how victim
should injured murder your authoritie member dead early well pm least deal statement prime star used come
including give concern put family york both then lead men olympic capital system very british expected drug
begin al road law released near ahead coast meeting too act england turkey good die mile company those
center july august see crash drought farmer job season today human hour following based head race rule
military body know match troop chief green action due office despite look often later australia fund
decision become find qld charged plane include play japan without university london pay third investigation
zimbabwe player fight title candidate source media morning however rise leave hold river driver federal anti
east again iran market major washington cost low minute program thousand study late pakistan countrie cause
level age same presidential known must big korean consider bring probe nuclear land result general flight
worker until want visit keep seven power press travel problem across better best uk officer spokesman john
large percent took though meet own vote seek phone away france french appeal return conference ago past
began hope goal light defend sign vic warne research park start california european black foot dont
different finding food russia january received am did fuel wa opposition resolution disease red less might
britain hotel real several sea political taken using internet saying earlier cut welcome break club came
arrested missing gas trial order airport increase held bomb airline condition foreign chinese israel video
november boost urged
"""

_RUSSIAN = """
в на и с по за из что не к о для россии от как а у об до сша при после во это года человек этом все москве
будет но также его время он под области или суд сообщает году рф чтобы со дело было рублей лет может более
млн которые еще мая то был они могут уже где против два делу власти ноября если погибли будут нашли так
только задержали того пресс млрд есть были президент том глава без их долларов компании руб сми всего ее
ранее петербурге полиция умер этого теперь можно один число быть всех тыс скончался когда тысяч заявил дела
двух стал вопрос около три мы начала же российских сирии через станет мэра стоит новый выборы день однако
чем словам им стали является владимир сегодня вы страны этот место работы дтп экс ск данным своей была
второй погибших получил больше миллионов игр произошел м первый министр сообщил она мвд рассказал очень
правительство почти я людей премьер закон взрыв метро дома себя результате информации над свою путин впервые
них одного между жизни раз год бывший сергей пишет детей коронавируса отставку даже часть тем несколько
ученые замечательно вроде украины служба связи убийстве уголовное арестовали должны сейчас свои факту
назвали города отказался московского помощи россиян подмосковье напомним граждан санкт согласно четыре
рамках рынке говорится перед поэтому других пожар погиб минобороны франции территории чего миллиардов завели
самолет главный центре днем объявила вышел навального деньги пока сказал какой кндр смерти бы ссылкой срок
произошло сочи кто участников ходе количество германии предложили газпром назад ли тасс отмечается аварии
группы европы интернет банк люди законопроект пройдет среди меньше дня лиги вице двое войны полицейского
кубка евро обнаружили эксперты мире партии сборная пострадали госдума период видео эти две менее футбол
жертв долл такие италии проекта мира нет автомобилей поезда этой крае здания возбуждено парламент
заподозрили новости себе организации сайте переговоры имеют режим столице свое встречи сутки понедельник
подозреваемый приговор роснефть случаев хотя список пять должен сразу право вместе некоторые депутаты воды
грузии лишь тюрьмы жителей коронавирусной акций чиновников признали подал рубин передает п тело воскресенье
операции самый театра него газета вконтакте поддержку решение официально свой востоке пришли алексей там
последний прогноз тех июля нужен образом регионе суда деле возбудили ушел течение безопасности северной
нужно многие пост попал экономики сообщении оон трех предлагают участие этап ни годам дмитрий разбился
обвинили протестуют бразильцы болеют шоу собой кроме отношении районе представители александр имеет затем
момент матче
"""

_KOREAN = """
에서 했다 으로 일 니다 다고 있다 하는 이 하고 습니 지난 이다 이라 밝혔 혔다 년 수 있는 들이 라고 미국 시간
었다 됐다 경찰 에게 한다 들은 것이 월 한 부터 것으 현지 으며 지만 지시 까지 다는 대한 하기 고 는 이날 하지
적인 말했 서는 위해 등 에는 자들 았다 대해 통령 그는 졌다 전 대통 시 이번 사람 명이 의 적으 리는 전했 지역 중
자신 정부 들의 씨는 입니 면서 경기 그러 조사 한국 했습 따르 에 오후 를 르면 들을 것을 러나 같은 가장 이스 되는
다른 서울 하며 기를 세계 함께 보도 많은 장을 혐의 일부 예정 하게 라는 사용 였다 발생 있습 하면 아이 며 장에
현재 정이 이상 더 오전 된다 사는 달러 중국 통해 있었 의원 들어 만 시작 가 스트 이는 했으 찰은 씨가 그 관련
레이 로 이들 사건 명의 이후 원에 들에 명을 인은 기록 약 당시 위원 합니 않았 이에 보다 및 동안 위한 공개 시아
이나 프로 사를 국의 기도 경우 문제 알려 사이 것은 스타 원을 을 주장 기에 때문 후 가능 지는 일본 으나 또 방송
바마 람들 상을 부는 전에 오바 라이 대로 이었 사고 스는 사진 원이 신의 국가 관계 따라 인터 국은 열린 대표 문에
리아 발표 는데 이어 결과 부분 선수 천 도록 두 회의 도했 리를 하다 대변 변인 에도 사망 가지 진행 사에 난해 발견
영국 역에 랜드 최근 앞서 장이 리스 할 당국 피해 부가
"""
"""Pairs of syllables, as the index holds them."""


def cost(token: str, *, name: bool = False) -> float:
    """How often a token will likely be met, in no unit; only to compare. A name is one of a rule's names."""
    price = _costs().get(token)
    if price is None:
        price = _PAIR if token[0] > "\u2e80" else _WORD * 2 ** max(0, _LONG - len(token))
    return price * _NAME if name else price


@cache
def _costs() -> Mapping[str, float]:
    """Cost of each token of the common words, by its rank."""
    out: dict[str, float] = {}
    for words in (_ENGLISH, _RUSSIAN, _KOREAN):
        for rank, word in enumerate(words.split()):
            for token in CHUNKS[word].marks:
                out.setdefault(token, _HIGHEST / (1 + rank / _HALVES))
    return out
