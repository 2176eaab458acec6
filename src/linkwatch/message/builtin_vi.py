"""The templates as they come, in Vietnamese; an operator's own stand before them."""

LONG = """\
[body]
Từ {since}.
{running} đang họp đến {ends}.
{coming} họp lúc {starts}.
{neighbours}

{affected}.
{guess}.

Đo: {figures}, {path}.
| Đo: {figures}.

Bảo trì: {maintenance}.

Đã báo: {told}.
{holder} đang xử lý, hẹn xong lúc {eta}.
| {holder} đang xử lý, giữ việc đến {held_until}.

Điểm cầu: {on_site} (hỏi điện, đèn modem trước).
Dự phòng: {fallback}.

Hướng dẫn: {runbook_url}

NHẬN VIỆC: {ack_url} hoặc gọi {hotline} ·
| NHẬN VIỆC: {ack_url} ·
| NHẬN VIỆC: gọi {hotline} ·
{incident}

[opened]
[{priority}] {what} – {site} – {line}

{body}

[raised]
[{priority}] NẶNG HƠN: {what} – {site} – {line}

{body}

[flapping]
[{priority}] CHẬP CHỜN: {what} – {site} – {line}

{body}

[updated]
[{priority}] CẬP NHẬT: {what} – {site} – {line}

{body}

[escalated]
[{priority}] CHƯA AI NHẬN SAU {minutes} PHÚT: {what} – {site} – {line}
| [{priority}] CHƯA AI NHẬN: {what} – {site} – {line}

Xin lãnh đạo chỉ đạo.

{body}

[reminder]
[{priority}] NHẮC LẠI: {what} – {site} – {line}

{holder} đang xử lý, hẹn xong lúc {eta}: xin báo kết quả hoặc gia hạn.
| {holder} đang xử lý đến {held_until}: xin báo kết quả hoặc gia hạn.
| Sau {minutes} phút chưa ai nhận.

{body}

[acknowledged]
[{priority}] ĐÃ CÓ NGƯỜI NHẬN: {what} – {site} – {line}

{holder} đang xử lý, hẹn xong lúc {eta}.
| {holder} đang xử lý, giữ việc đến {held_until}.

{incident}

[handed_over]
[{priority}] BÀN GIAO CA: {what} – {site} – {line}

{body}

[resolved]
[{priority}] ĐÃ KHÔI PHỤC ({what}) – {site} – {line}

Lúc {until}, kéo dài {lasted} từ {since}. Không cần làm gì thêm.

{incident}

[resolved.bandwidth_not_expanded]
[{priority}] KẾT THÚC ({what}) – {site} – {line}

Lúc {until}, kéo dài {lasted} từ {since}. Không cần làm gì thêm.

{incident}

[resolved.bandwidth_not_reverted]
[{priority}] KẾT THÚC ({what}) – {site} – {line}

Lúc {until}, kéo dài {lasted} từ {since}. Không cần làm gì thêm.

{incident}

[resolved.roster_gap]
[{priority}] KẾT THÚC ({what}) – {site} – {line}

Lúc {until}, kéo dài {lasted} từ {since}. Không cần làm gì thêm.

{incident}

[resolved.maintenance_conflict]
[{priority}] KẾT THÚC ({what}) – {site} – {line}

Lúc {until}, kéo dài {lasted} từ {since}. Không cần làm gì thêm.

{incident}

[closed]
[{priority}] ĐÓNG SỰ CỐ ({what}) – {site} – {line}

{closed_by} đóng lúc {until}: {why}.
Bắt đầu từ {since}; lỗi có thể vẫn còn.

{incident}

[withdrawn]
[{priority}] NGỪNG THEO DÕI ({what}) – {site} – {line}

Theo cấu hình mới từ {unwatched_at}, {thing} không còn được đo về mặt này; sự cố từ {since} không được theo dõi nữa.
| Từ {left_at}, {thing} không còn trong cấu hình; sự cố từ {since} không được theo dõi nữa.

{incident}

[digest]
[{priority}] {open} SỰ CỐ từ {since}: {sites}
| ĐÃ KHÔI PHỤC {restored} SỰ CỐ từ {since}: {sites}
| ĐÃ XONG {count} SỰ CỐ từ {since}: {sites}

Đang mở: {open}; đã xong: {closed}.

{items}

Và các sự cố: {more}.

Hướng dẫn: {runbook_url}

NHẬN VIỆC ({open} đang mở): gọi {hotline}

[digest_item]
{incident} [{priority}] {what} – {site} – {line}, từ {since}
, {news} lúc {until}
| , {news} ({holder} đang xử lý)
| , {news}
| , {holder} đang xử lý
. Nhận: {ack_url}
| .

[test]
[THỬ] Tin thử của linkwatch lúc {now}, gửi {contact}

Không có sự cố, không cần làm gì.
{organisation}.
"""  # noqa: E501  a clause is one line

SUBJECT = """\
[opened]
[{priority}] {what} – {site} – {access}, {since} ({incident})

[raised]
[{priority}] NẶNG HƠN: {what} – {site} – {access} ({incident})

[flapping]
[{priority}] CHẬP CHỜN: {what} – {site} – {access} ({incident})

[updated]
[{priority}] CẬP NHẬT: {what} – {site} – {access} ({incident})

[escalated]
[{priority}] CHƯA AI NHẬN: {what} – {site} – {access}, {since} ({incident})

[reminder]
[{priority}] NHẮC LẠI: {what} – {site} – {access}, {since} ({incident})

[acknowledged]
[{priority}] ĐÃ CÓ NGƯỜI NHẬN: {what} – {site} – {access} ({incident})

[handed_over]
[{priority}] BÀN GIAO CA: {what} – {site} – {access} ({incident})

[resolved]
[{priority}] ĐÃ KHÔI PHỤC: {site} – {access} ({incident})

[resolved.bandwidth_not_expanded]
[{priority}] KẾT THÚC ({what}): {site} – {access} ({incident})

[resolved.bandwidth_not_reverted]
[{priority}] KẾT THÚC ({what}): {site} – {access} ({incident})

[resolved.roster_gap]
[{priority}] KẾT THÚC ({what}): {site} – {access} ({incident})

[resolved.maintenance_conflict]
[{priority}] KẾT THÚC ({what}): {site} – {access} ({incident})

[closed]
[{priority}] ĐÓNG SỰ CỐ: {site} – {access} ({incident})

[withdrawn]
[{priority}] NGỪNG THEO DÕI: {site} – {access} ({incident})

[digest]
[{priority}] {open} SỰ CỐ từ {since}: {sites}
| ĐÃ KHÔI PHỤC {restored} SỰ CỐ từ {since}: {sites}
| ĐÃ XONG {count} SỰ CỐ từ {since}: {sites}

[test]
[THỬ] Tin thử của linkwatch lúc {now}
"""

SMS = """\
# At most 160 characters, the first 40 say what and where. Clauses are left out from the end.

[opened]
{priority} {what} {site}, {line} tu {since}.
{running} dang hop.
{coming} hop {starts}.
{incident}.
Goi {hotline}.
{organisation}

[opened.down]
{priority} MAT KET NOI {site}, {line} tu {since}.
{running} dang hop den {ends}.
{coming} hop {starts}.
{incident}.
Nhan viec goi {hotline}.
{organisation}

[opened.site_down]
{priority} MAT CA DIEM CAU {site} tu {since}, nghi mat dien.
{running} dang hop den {ends}.
{coming} hop {starts}.
{incident}.
Goi {hotline}.
{organisation}

[opened.wide]
{priority} DIEN RONG: {site} mat ket noi, {access} tu {since}.
{running} dang hop.
{coming} hop {starts}.
{incident}.
Goi {hotline}.
{organisation}

[opened.loss]
{priority} MAT GOI {value}/100 {site}, {line} tu {since}, nguong {limit}.
| {priority} MAT GOI {site}, {line} tu {since}.
{running} dang hop.
{coming} hop {starts}.
{incident}.
Goi {hotline}.
{organisation}

[opened.latency]
{priority} TRE {value}ms {site}, {line} tu {since}, nguong {limit}ms.
| {priority} TRE CAO {site}, {line} tu {since}.
{running} dang hop.
{coming} hop {starts}.
{incident}.
Goi {hotline}.
{organisation}

[opened.jitter]
{priority} JITTER {value}ms {site}, {line} tu {since}, nguong {limit}ms.
| {priority} JITTER CAO {site}, {line} tu {since}.
{running} dang hop.
{coming} hop {starts}.
{incident}.
Goi {hotline}.
{organisation}

[opened.utilisation]
{priority} DAY TAI {site}, {line} {direction} {used}/{contracted}Mb tu {since}.
| {priority} DAY TAI {site}, {line} tu {since}.
{running} dang hop.
{coming} hop {starts}.
{incident}.
Goi {hotline}.
{organisation}

[opened.bandwidth_not_expanded]
{priority} CHUA MO RONG {site}, {line}: dinh {peak}Mb, can {due}
| {priority} CHUA MO RONG {site}, {line}: can {due}, chua co bang chung
| {priority} CHUA MO RONG {site}, {line}
, CV {reference}
.
{running} dang hop.
Hop {starts}.
{incident}.
Goi {hotline}.
{organisation}

[opened.bandwidth_not_reverted]
{priority} CHUA TRA MUC CU {site}, {line}: dinh {peak}Mb, hop dong {due}
| {priority} CHUA TRA MUC CU {site}, {line}
, CV {reference}
.
{incident}.
Goi {hotline}.
{organisation}

[raised]
{priority} NANG HON {site}: {fault}, {line} tu {since}.
{running} dang hop.
{coming} hop {starts}.
{incident}.
Goi {hotline}.
{organisation}

[flapping]
{priority} CHAP CHON {site}: {fault}, {line} tu {since}.
{running} dang hop.
{coming} hop {starts}.
{incident}.
Goi {hotline}.
{organisation}

[updated]
{priority} CAP NHAT {site}: {fault}, {line} tu {since}.
{path}.
| {running} dang hop.
{incident}.
Goi {hotline}.
{organisation}

[escalated]
{priority} CHUA AI NHAN {minutes} PHUT: {site} {fault} {access} tu {since}
| {priority} CHUA AI NHAN: {site} {fault} {access} tu {since}
, {running} dang hop
. Xin LD chi dao.
{incident}.
Goi {hotline}.
{organisation}

[reminder]
{priority} NHAC LAI {site}: {fault} {access} tu {since}.
{holder} hen xong {eta}.
| {holder} dang xu ly.
| Chua ai nhan {minutes} phut.
{incident}.
Goi {hotline}.
{organisation}

[acknowledged]
{priority} DA NHAN {site}: {fault} {access} tu {since}.
{holder} xu ly, xong {eta}.
| {holder} xu ly.
{incident}.
{organisation}

[handed_over]
{priority} BAN GIAO CA {site}, {line} tu {since}.
{holder} xu ly, xong {eta}.
| {holder} xu ly.
{incident}.
Goi {hotline}.
{organisation}

[resolved]
DA KHOI PHUC {site}, {line} luc {until}, keo dai {lasted} tu {since}.
| DA KHOI PHUC {site}, {line}.
{incident}.
Khong can lam gi them.
{organisation}

[resolved.down]
DA KHOI PHUC {site}, {line} luc {until}, mat {lasted} tu {since}.
| DA KHOI PHUC {site}, {line}.
{incident}.
Khong can lam gi them.
{organisation}

[resolved.bandwidth_not_expanded]
HET CHUA MO RONG {site}, {line} luc {until}, keo dai {lasted} tu {since}.
| HET CHUA MO RONG {site}, {line}.
{incident}.
Khong can lam gi them.
{organisation}

[resolved.bandwidth_not_reverted]
HET CHUA TRA MUC CU {site}, {line} luc {until}, keo dai {lasted} tu {since}.
| HET CHUA TRA MUC CU {site}, {line}.
{incident}.
Khong can lam gi them.
{organisation}

[resolved.roster_gap]
HET THIEU NGUOI TRUC {site}, {line} luc {until}.
| HET THIEU NGUOI TRUC {site}, {line}.
{incident}.
Khong can lam gi them.
{organisation}

[resolved.maintenance_conflict]
HET BAO TRI LUC HOP {site}, {line} luc {until}.
| HET BAO TRI LUC HOP {site}, {line}.
{incident}.
Khong can lam gi them.
{organisation}

[closed]
DA DONG {site}, {line} luc {until}, su co tu {since}.
| DA DONG {site}, {line}.
{closed_by} dong, loi co the van con.
{incident}.
{organisation}

[withdrawn]
NGUNG THEO DOI {site}, {line}, su co tu {since}.
{incident}.
{organisation}

[digest]
{priority} {open} SU CO {sites}, tu {since}.
| DA KHOI PHUC {restored} SU CO {sites}, tu {since}.
| DA XONG {count} SU CO {sites}, tu {since}.
Con {open}: goi {hotline}.
{incidents}.
{organisation}

[test]
THU NGHIEM linkwatch luc {now}, gui {contact}.
Khong co su co, khong can lam gi.
{organisation}
"""
