"""The templates as they come, in English; an operator's own stand before them."""

LONG = """\
[body]
Since {since}.
{running} is on until {ends}.
{coming} starts at {starts}.
{neighbours}

{affected}.
{guess}.

Measured: {figures}, {path}.
| Measured: {figures}.

Work: {maintenance}.

Told: {told}.
{holder} is on it, done by {eta}.
| {holder} is on it, it is theirs until {held_until}.

Site: {on_site} (ask for power and the modem's lights first).
Fallback: {fallback}.

What to do: {runbook_url}

TO TAKE IT: {ack_url} or call {hotline} ·
| TO TAKE IT: {ack_url} ·
| TO TAKE IT: call {hotline} ·
{incident}

[opened]
[{priority}] {what} – {site} – {line}

{body}

[raised]
[{priority}] WORSE: {what} – {site} – {line}

{body}

[flapping]
[{priority}] FLAPPING: {what} – {site} – {line}

{body}

[updated]
[{priority}] UPDATE: {what} – {site} – {line}

{body}

[escalated]
[{priority}] NOBODY HAS IT AFTER {minutes} MIN: {what} – {site} – {line}
| [{priority}] NOBODY HAS IT: {what} – {site} – {line}

Your direction is asked for.

{body}

[reminder]
[{priority}] REMINDER: {what} – {site} – {line}

{holder} is on it, done by {eta}: please report, or extend it.
| {holder} is on it until {held_until}: please report, or extend it.
| After {minutes} min nobody has it.

{body}

[acknowledged]
[{priority}] TAKEN: {what} – {site} – {line}

{holder} is on it, done by {eta}.
| {holder} is on it, it is theirs until {held_until}.

{incident}

[handed_over]
[{priority}] HANDED OVER: {what} – {site} – {line}

{body}

[resolved]
[{priority}] RESTORED ({what}) – {site} – {line}

At {until}, lasted {lasted} since {since}. Nothing more to do.

{incident}

[resolved.bandwidth_not_expanded]
[{priority}] OVER ({what}) – {site} – {line}

At {until}, lasted {lasted} since {since}. Nothing more to do.

{incident}

[resolved.bandwidth_not_reverted]
[{priority}] OVER ({what}) – {site} – {line}

At {until}, lasted {lasted} since {since}. Nothing more to do.

{incident}

[resolved.roster_gap]
[{priority}] OVER ({what}) – {site} – {line}

At {until}, lasted {lasted} since {since}. Nothing more to do.

{incident}

[resolved.maintenance_conflict]
[{priority}] OVER ({what}) – {site} – {line}

At {until}, lasted {lasted} since {since}. Nothing more to do.

{incident}

[closed]
[{priority}] CLOSED BY HAND ({what}) – {site} – {line}

{closed_by} closed it at {until}: {why}.
It began at {since}; the fault itself may go on.

{incident}

[withdrawn]
[{priority}] NO LONGER WATCHED ({what}) – {site} – {line}

Since {unwatched_at} the configuration measures this of the {thing} no more; the fault since {since} is no longer followed.
| The {thing} left the configuration at {left_at}; the fault since {since} is no longer followed.

{incident}

[digest]
[{priority}] {open} INCIDENTS since {since}: {sites}
| RESTORED: {restored} INCIDENTS since {since}: {sites}
| OVER: {count} INCIDENTS since {since}: {sites}

Open: {open}; over: {closed}.

{items}

And the incidents {more}.

What to do: {runbook_url}

TO TAKE THEM ({open} are open): call {hotline}

[digest_item]
{incident} [{priority}] {what} – {site} – {line}, since {since}
, {news} at {until}
| , {news} ({holder} has it)
| , {news}
| , {holder} has it
. To take it: {ack_url}
| .

[test]
[TEST] Test message of linkwatch at {now}, to {contact}

There is no incident, and nothing to do.
{organisation}.
"""  # noqa: E501  a clause is one line

SUBJECT = """\
[opened]
[{priority}] {what} – {site} – {access}, {since} ({incident})

[raised]
[{priority}] WORSE: {what} – {site} – {access} ({incident})

[flapping]
[{priority}] FLAPPING: {what} – {site} – {access} ({incident})

[updated]
[{priority}] UPDATE: {what} – {site} – {access} ({incident})

[escalated]
[{priority}] NOBODY HAS IT: {what} – {site} – {access}, {since} ({incident})

[reminder]
[{priority}] REMINDER: {what} – {site} – {access}, {since} ({incident})

[acknowledged]
[{priority}] TAKEN: {what} – {site} – {access} ({incident})

[handed_over]
[{priority}] HANDED OVER: {what} – {site} – {access} ({incident})

[resolved]
[{priority}] RESTORED: {site} – {access} ({incident})

[resolved.bandwidth_not_expanded]
[{priority}] OVER ({what}): {site} – {access} ({incident})

[resolved.bandwidth_not_reverted]
[{priority}] OVER ({what}): {site} – {access} ({incident})

[resolved.roster_gap]
[{priority}] OVER ({what}): {site} – {access} ({incident})

[resolved.maintenance_conflict]
[{priority}] OVER ({what}): {site} – {access} ({incident})

[closed]
[{priority}] CLOSED BY HAND: {site} – {access} ({incident})

[withdrawn]
[{priority}] NO LONGER WATCHED: {site} – {access} ({incident})

[digest]
[{priority}] {open} INCIDENTS since {since}: {sites}
| RESTORED: {restored} INCIDENTS since {since}: {sites}
| OVER: {count} INCIDENTS since {since}: {sites}

[test]
[TEST] Test message of linkwatch at {now}
"""

SMS = """\
# At most 160 characters, the first 40 say what and where. Clauses are left out from the end.

[opened]
{priority} {what} {site}, {line} since {since}.
{running} is on.
{coming} at {starts}.
{incident}.
Call {hotline}.
{organisation}

[opened.down]
{priority} LINK DOWN {site}, {line} since {since}.
{running} is on until {ends}.
{coming} at {starts}.
{incident}.
To take it call {hotline}.
{organisation}

[opened.site_down]
{priority} SITE CUT OFF {site} since {since}, perhaps no power.
{running} is on until {ends}.
{coming} at {starts}.
{incident}.
Call {hotline}.
{organisation}

[opened.wide]
{priority} WIDESPREAD: {site} lost, {access} since {since}.
{running} is on.
{coming} at {starts}.
{incident}.
Call {hotline}.
{organisation}

[opened.loss]
{priority} LOSS {value}/100 {site}, {line} since {since}, over {limit}.
| {priority} LOSS {site}, {line} since {since}.
{running} is on.
{coming} at {starts}.
{incident}.
Call {hotline}.
{organisation}

[opened.latency]
{priority} DELAY {value}ms {site}, {line} since {since}, over {limit}ms.
| {priority} DELAY {site}, {line} since {since}.
{running} is on.
{coming} at {starts}.
{incident}.
Call {hotline}.
{organisation}

[opened.jitter]
{priority} JITTER {value}ms {site}, {line} since {since}, over {limit}ms.
| {priority} JITTER {site}, {line} since {since}.
{running} is on.
{coming} at {starts}.
{incident}.
Call {hotline}.
{organisation}

[opened.utilisation]
{priority} FULL {site}, {line} {direction} {used}/{contracted}Mb since {since}.
| {priority} FULL {site}, {line} since {since}.
{running} is on.
{coming} at {starts}.
{incident}.
Call {hotline}.
{organisation}

[opened.bandwidth_not_expanded]
{priority} NOT EXPANDED {site}, {line}: peak {peak}Mb, due {due}
| {priority} NOT EXPANDED {site}, {line}: due {due}, no evidence
| {priority} NOT EXPANDED {site}, {line}
, {reference}
.
{running} is on.
{coming} at {starts}.
{incident}.
Call {hotline}.
{organisation}

[opened.bandwidth_not_reverted]
{priority} NOT REVERTED {site}, {line}: peak {peak}Mb, contract {due}
| {priority} NOT REVERTED {site}, {line}
, {reference}
.
{incident}.
Call {hotline}.
{organisation}

[raised]
{priority} WORSE {site}: {fault}, {line} since {since}.
{running} is on.
{coming} at {starts}.
{incident}.
Call {hotline}.
{organisation}

[flapping]
{priority} FLAPPING {site}: {fault}, {line} since {since}.
{running} is on.
{coming} at {starts}.
{incident}.
Call {hotline}.
{organisation}

[updated]
{priority} UPDATE {site}: {fault}, {line} since {since}.
{path}.
| {running} is on.
{incident}.
Call {hotline}.
{organisation}

[escalated]
{priority} NOBODY HAS IT {minutes} MIN: {site} {fault} {access} since {since}
| {priority} NOBODY HAS IT: {site} {fault} {access} since {since}
, {running} is on
. Please direct.
{incident}.
Call {hotline}.
{organisation}

[reminder]
{priority} REMINDER {site}: {fault} {access} since {since}.
{holder} has it till {eta}.
| {holder} is on it.
| Nobody has it, {minutes} min.
{incident}.
Call {hotline}.
{organisation}

[acknowledged]
{priority} TAKEN {site}: {fault} {access} since {since}.
{holder} has it till {eta}.
| {holder} is on it.
{incident}.
{organisation}

[handed_over]
{priority} HANDED OVER {site}, {line} since {since}.
{holder} has it till {eta}.
| {holder} is on it.
{incident}.
Call {hotline}.
{organisation}

[resolved]
RESTORED {site}, {line} at {until}, lasted {lasted} since {since}.
| RESTORED {site}, {line}.
{incident}.
Nothing more to do.
{organisation}

[resolved.bandwidth_not_expanded]
OVER: NOT EXPANDED {site}, {line} at {until}, lasted {lasted} since {since}.
| OVER: NOT EXPANDED {site}, {line}.
{incident}.
Nothing more to do.
{organisation}

[resolved.bandwidth_not_reverted]
OVER: NOT REVERTED {site}, {line} at {until}, lasted {lasted} since {since}.
| OVER: NOT REVERTED {site}, {line}.
{incident}.
Nothing more to do.
{organisation}

[resolved.roster_gap]
OVER: TOO FEW ON DUTY {site}, {line} at {until}.
| OVER: TOO FEW ON DUTY {site}, {line}.
{incident}.
Nothing more to do.
{organisation}

[resolved.maintenance_conflict]
OVER: WORK CLASHES {site}, {line} at {until}.
| OVER: WORK CLASHES {site}, {line}.
{incident}.
Nothing more to do.
{organisation}

[closed]
CLOSED {site}, {line} at {until}, fault since {since}.
| CLOSED {site}, {line}.
By {closed_by}, it may go on.
{incident}.
{organisation}

[withdrawn]
NO LONGER WATCHED {site}, {line}, fault since {since}.
{incident}.
{organisation}

[digest]
{priority} {open} INCIDENTS {sites}, since {since}.
| RESTORED: {restored} INCIDENTS {sites}, since {since}.
| OVER: {count} INCIDENTS {sites}, since {since}.
{open} open: call {hotline}.
{incidents}.
{organisation}

[test]
TEST by linkwatch at {now}, to {contact}.
There is no incident, nothing to do.
{organisation}
"""
