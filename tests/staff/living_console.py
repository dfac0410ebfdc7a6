"""A console in full use, in small: what the tests that look at every page show."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
from staff_support import Desk
from test_knowledge_pages import PROCEDURE, document

from conversations import cases, editorial, handoffs, outbox, routing, units, web_links
from conversations.messages import Channel
from conversations.models import Case, Message, Officer, now
from conversations.units import UnitRow
from knowledge_base.schema import Announcement, Source
from staff.knowledge import Found, Preview, no_knowledge

SOURCE = {"title": "Cổng Dịch vụ công", "checked": "2026-01-05"}


def fill(desk: Desk) -> tuple[int, int]:
    """Two believable weeks in small; returns a conversation that `quan` answers and a feedback case."""
    people = ["Cô Bảy Rạch Giá", "Nguyễn Văn Tám", "Út Mén", "Trần Thị Hồng Đào", "Danh Sơn", "Lý Thị Mỹ"]
    with desk.db.session(read_only=True) as session:
        staff = {officer.username: officer for officer in session.query(Officer)}
    said = [
        ("Tôi nộp hồ sơ đất 3 tháng rồi chưa thấy trả lời, gọi không ai bắt máy!", "anger"),
        ("Cho hỏi cấp lại căn cước bị mất ở đâu vậy, hỏi hoài không ra", "failures"),
        ("Ghe của tôi trôi, có người bị rơi xuống nước ở Hòn Sơn", "urgent"),
        ("Tôi muốn gặp cán bộ", "requested"),
        ("Đăng ký tàu cá 12 mét cần giấy tờ gì, trợ lý nói tôi chưa hiểu", "failures"),
    ]
    ids = []
    for number, (text, reason) in enumerate(said):
        conversation = desk.citizen_says(text, f"c{number}", people[number])
        if reason == "failures":
            desk.bot_says(
                conversation,
                "Tôi chưa chắc mình hiểu đúng. Anh/chị hỏi về việc nào?",
                status="clarification",
                procedures=("1.004222", "1.001193"),
                score=0.46,
            )
        with desk.db.session() as session:
            case = handoffs.request(session, conversation, reason)
            case.created_at = now() - timedelta(minutes=[74, 12, 3, 26, 180][number])
            ids.append(case.id)
    with desk.db.session() as session:
        cases.take(session, ids[4], staff["an"])
    taken = desk.handed_over("Con tôi sinh ở Campuchia, giờ về xã làm khai sinh được không?", "c6")
    with desk.db.session() as session:
        session.get_one(Case, taken).conversation.person.display_name = people[5]
        cases.take(session, taken, staff["quan"])
        cases.answer(
            session,
            taken,
            staff["quan"],
            "Chào chị Mỹ, được chị nhé. Chị có giấy chứng sinh do bên đó cấp không?",
        )
    desk.citizen_says("Dạ có, bản tiếng Khmer, đã dịch công chứng rồi.", "c6", people[5])
    feedback = [
        ("Rác ở cổng sau chợ Rạch Giá chất đống ba ngày chưa gom, bốc mùi.", "environment", "Chợ Rạch Giá"),
        ("Đèn đường hẻm 12 hư cả tháng, tối lắm, học sinh đi học thêm về sợ.", "roads", "Phường Rạch Giá"),
        ("Cán bộ một cửa hẹn trả giấy hai lần đều chưa có.", "staff_conduct", None),
        ("Nước máy đục từ hôm mưa lớn.", "utilities", "Xã Hòn Đất"),
        ("Chợ Rạch Giá cổng sau rác chất đống mấy ngày rồi chưa gom.", "environment", "Chợ Rạch Giá"),
    ]
    with desk.db.session() as session:
        units.seed(session, [UnitRow("30760", "Phường Rạch Giá"), UnitRow("30817", "Xã Hòn Đất")])
    with desk.db.session() as session:
        opened = []
        for number, (content, category, place) in enumerate(feedback):
            conversation = session.get_one(Case, ids[number % len(ids)]).conversation_id
            opened.append(
                cases.open_feedback(
                    session,
                    conversation,
                    content=content,
                    category=category,
                    place=place,
                    happened="Sáng 23/11",
                    unit_code="30760" if place and "Rạch Giá" in place else None,
                    contact="0912 345 678",
                    consent=True,
                ).id
            )
        routing.add_note(
            session, taken, staff["an"], "Chị Mỹ đã gọi điện sáng nay, cần trả lời trước 11 giờ."
        )
        routing.add_note(session, opened[0], staff["an"], "Đội vệ sinh hẹn 14 giờ.")
        routing.plan(session, opened[0], 2, now() - timedelta(days=1), staff["sau"])
        routing.plan(session, opened[1], 1, now() + timedelta(days=3), staff["sau"])
        cases.take(session, opened[0], staff["quan"])
        cases.answer(session, opened[1], staff["an"], "Đã thay bóng ngày 22/11. Cảm ơn anh/chị đã báo.")
        cases.close(
            session,
            opened[3],
            staff["an"],
            "forwarded",
            "Đã chuyển công ty cấp nước; họ sẽ súc xả đường ống.",
        )
    for number in range(160):
        conversation = desk.citizen_says(f"câu hỏi {number}", f"d{number % 23}")
        kind = ["answered", "answered", "answered", "clarification", "unanswerable", "out_of_scope"][
            number % 6
        ]
        codes = (["1.001193", "1.004222", "1.000894"][number % 3],) if kind == "answered" else ()
        desk.bot_says(conversation, "…", status=kind, procedures=codes, score=0.8)
    with desk.db.session() as session:
        for message in session.query(Message).filter(Message.text.like("câu hỏi %")):
            number = int(message.text.split()[-1])
            message.created_at = now() - timedelta(days=(number * number) % 29)
    claim = outbox.claim(desk.db, channels=[Channel.WEB], lease=timedelta(seconds=30))
    assert claim is not None
    outbox.dead(desk.db, claim, "Zalo: người dùng chưa quan tâm OA (-213)")
    desk.app.routes[0].app.state.console.announcements = lambda: [  # type: ignore[attr-defined]
        Announcement(
            id="nghi-tet",
            title="Lịch làm việc dịp Tết Dương lịch 2027",
            body="Trung tâm nghỉ ngày 1/1/2027. Nộp trực tuyến vẫn nhận hồ sơ.",
            published=date(2026, 11, 20),
            expires=date(2027, 1, 2),
            sample=True,
            source=Source(title="Bài mẫu", checked=date(2026, 11, 20)),
        )
    ]
    return taken, opened[0]


def fill_knowledge(desk: Desk) -> tuple[int, str]:
    """Documents, drafts and questions; returns a version under review and the key of a group of questions."""
    console = desk.app.routes[0].app.state.console  # type: ignore[attr-defined]
    procedure = document(PROCEDURE | {"source": {**SOURCE, "url": "https://dichvucong.gov.vn/1.001193"}})
    notice = document({"kind": "announcement", "id": "le", "title": "Nghỉ lễ", "body": "Nghỉ một ngày.",
                       "published": "2026-11-20", "expires": "2026-11-30", "source": SOURCE})  # fmt: skip
    console.knowledge = replace(
        no_knowledge(),
        documents=lambda: [procedure, notice],
        preview=lambda found: [Preview("fee", "Lệ phí: miễn phí."), Preview("dossier", "Tờ khai.")],
        search=lambda text: [Found("1.001193", "Thủ tục đăng ký khai sinh", 0.31)],
        encode=lambda texts: np.eye(len(texts), dtype=np.float32),
    )
    desk.bot_says(desk.citizen_says("giấy cho em bé mới đẻ", "e1"), "Tôi chưa rõ.", status="unanswerable")
    with desk.db.session() as session:
        bien = session.query(Officer).filter_by(username="bien").one()
        content = PROCEDURE | {"summary": "Ghi nhận việc sinh, trong 60 ngày."}
        version = editorial.save(
            session, bien, document_id="1.001193", kind="procedure", title=procedure.title, content=content
        )
        editorial.submit(session, version.id, bien)
        editorial.propose(session, bien, "1.001193", ["khai sanh cho sắp nhỏ"])
        web_links.note(session, "https://dichvucong.gov.vn/1.001193", "gone", 404)
        return version.id, "giay cho em be moi de"
