//! Every limit of the protocol, with where it comes from. Nothing is unbounded.

/// The version of the protocol, offered as the WebSocket subprotocol `prilavok.v1`.
pub const PROTOCOL_VERSION: i64 = 1;

/// A message's text, in characters as [`crate::text::length`] counts them: Telegram's limit of 4,096 less room for a
/// signature, so that one limit serves the messengers, too; and never more than 8,000 bytes, so that the longest message
/// fits a fresh line ([`LINE_BYTES_MAX`]).
pub const TEXT_CHARS_MAX: usize = 4000;

/// A message's text and content together, in bytes of JSON: as the longest text, so that it fits a fresh line, too.
pub const MESSAGE_BYTES_MAX: usize = TEXT_CHARS_MAX * 2;

/// A message's content, in bytes of JSON: with a text of a line and its envelope it fits a page ([`PAGE_BYTES`]) beside a
/// short message.
pub const CONTENT_BYTES_MAX: usize = 4096;

/// Cards of one message: what one swipes through at most.
pub const CARDS_MAX: usize = 10;

/// Characters of a card's title: two lines on a phone, and the names of marketplaces' products.
pub const CARD_TITLE_CHARS_MAX: usize = 120;

/// Characters of a card's text: a paragraph.
pub const CARD_TEXT_CHARS_MAX: usize = 500;

/// Characters of a card's price: two prices with their currencies.
pub const CARD_PRICE_CHARS_MAX: usize = 40;

/// Buttons of one card: more would be a list.
pub const CARD_BUTTONS_MAX: usize = 3;

/// Quick replies under one message: two rows on a phone.
pub const REPLIES_MAX: usize = 8;

/// Characters on a button or a quick reply: one line on a phone.
pub const LABEL_CHARS_MAX: usize = 40;

/// Bytes of a web address: what every browser and server takes.
pub const ADDRESS_BYTES_MAX: usize = 2048;

/// Characters of what a visitor says to their rating, as [`crate::text::length`] counts them: half a page.
pub const RATING_COMMENT_CHARS_MAX: usize = 1000;

/// Bytes of JSON that the answer to a request to rate takes at most: the longest comment, and 48 of names and signs.
pub const RATING_BYTES_MAX: usize = RATING_COMMENT_CHARS_MAX * 2 + 48;

/// Ozon's limit of a message's text (UPSTREAMS 1.2: 1-1000 characters).
pub const OZON_TEXT_CHARS_MAX: usize = 1000;

/// Chats on one page of Ozon's list (UPSTREAMS 1.2: 100 since 2025-10-16).
pub const OZON_LIST_LIMIT_MAX: u32 = 100;

/// Messages on one page of Ozon's history (UPSTREAMS 1.2).
pub const OZON_HISTORY_LIMIT_MAX: u32 = 1000;

/// Bytes of the number of a posting of Ozon's: `33920143-1195-1` has 15, and there is room for longer ones.
pub const OZON_POSTING_NUMBER_BYTES_MAX: usize = 64;

/// Products or rows of figures on one page of Ozon's (UPSTREAMS 1.8).
pub const OZON_PRODUCTS_LIMIT_MAX: u32 = 1000;

/// Postings on one page of Ozon's (UPSTREAMS 1.8).
pub const OZON_POSTINGS_LIMIT_MAX: u32 = 100;

/// Postings on one page of Ozon's older method (UPSTREAMS 1.8: 50 since 2026).
pub const OZON_POSTINGS_V3_LIMIT_MAX: u32 = 50;

/// Warehouses on one page of Ozon's: the schema's limit.
pub const OZON_WAREHOUSES_LIMIT_MAX: u32 = 200;

/// Figures that Ozon gives at once (UPSTREAMS 1.8).
pub const OZON_METRICS_MAX: usize = 14;

/// Files that are looked for in one message of Ozon's: more than a phone picks at once.
pub const OZON_FILES_MAX: usize = 50;

/// Bytes of what stands in brackets before a file's link: the longest name that a file system takes, twice over, with its
/// size.
pub const OZON_FILE_LABEL_BYTES_MAX: usize = 512;

/// Redirects that are followed to a file of Ozon's: to the storage, to its mirror, and one to spare.
pub const OZON_FILE_REDIRECTS_MAX: usize = 3;

/// Bytes of a file in one of Ozon's chats that is passed on. Ozon names no limit (UPSTREAMS 1.2); what a seller may send
/// through us a buyer may send, too.
pub const OZON_FILE_BYTES_MAX: usize = FILE_BYTES_MAX;

/// Files of Ozon's that one organization fetches at the same time: each is held whole, and once more while it is handed
/// over. Four of the largest are 80 MB of the 128 that an instance has.
pub const OZON_FILES_AT_ONCE: usize = 4;

/// How long a method of Ozon's is left alone that it has closed for "a few minutes" (UPSTREAMS 1.6).
pub const OZON_CIRCLE_OPEN_MS: i64 = 2 * 60_000;

/// The longest wait that Ozon can ask for: beyond an hour an operator is better told at once.
pub const OZON_RETRY_AFTER_MS_MAX: i64 = 3_600_000;
/// Templates of one organization's own, the changed built-in ones among them: more than anybody finds in a list.
pub const TEMPLATES_MAX: usize = 200;

/// Characters of a template's title: a line of the list.
pub const TEMPLATE_TITLE_CHARS_MAX: usize = 80;

/// Variables of one template: an order with its parts. As many columns has the table of a bulk send at most, besides the first.
pub const TEMPLATE_VARIABLES_MAX: usize = 20;

/// Characters of a variable's name: three words.
pub const TEMPLATE_NAME_CHARS_MAX: usize = 32;

/// Characters of a variable's value: what a whole message to Ozon has.
pub const TEMPLATE_VALUE_CHARS_MAX: usize = 1000;

/// How old a message may be that is still replied to automatically: one that was found late has a person's answer, or needs one.
pub const AUTO_REPLY_FRESH_MS: i64 = 10 * 60_000;

/// Rules of automatic replies: as many questions as a shop's list of them has.
pub const AUTO_REPLY_RULES_MAX: usize = 50;

/// Keywords of one rule: the forms of a question that one answer serves.
pub const AUTO_REPLY_KEYWORDS_MAX: usize = 30;

/// Characters of a keyword: a phrase of some words.
pub const AUTO_REPLY_KEYWORD_CHARS_MAX: usize = 60;

/// Characters of what a rule replies: with its mark and its closing sentence, of about ninety, it fits a message to Ozon.
pub const AUTO_REPLY_TEXT_CHARS_MAX: usize = 800;

/// The document of automatic replies, in bytes of JSON: it fits a request, with what the administrator adds.
pub const AUTO_REPLIES_BYTES_MAX: usize = 48 * 1024;

/// Sources that one rule speaks to: more than there are.
pub const AUTO_REPLY_SOURCES_MAX: usize = 10;

/// Words of a message that are looked at for keywords, from its beginning: who writes more asks more than one thing.
pub const AUTO_REPLY_WORDS_MAX: usize = 200;

/// For how many seconds a chat gets no further automatic reply, nor one after a person's answer, if nothing else was said:
/// half a day. A question in five lines gets one reply, an evening's talk with a person is not cut into, and who asks again
/// the next morning is answered.
pub const AUTO_REPLY_COOLDOWN_S: i64 = 12 * 3600;

/// The shortest such time: two machines that talk to each other wait for a minute each.
pub const AUTO_REPLY_COOLDOWN_S_MIN: i64 = 60;

/// The longest such time: a week.
pub const AUTO_REPLY_COOLDOWN_S_MAX: i64 = 7 * 24 * 3600;

/// Automatic replies that one chat gets in 24 hours, if nothing else was said: whoever has got three needs a person.
pub const AUTO_REPLIES_PER_DAY: i64 = 3;

/// Automatic replies that one chat gets in 24 hours at most, whatever was said.
pub const AUTO_REPLIES_PER_DAY_MAX: i64 = 20;

/// Rows of one bulk send: a season's orders of a shop, about an hour and a half at the highest rate.
pub const BULK_ROWS_MAX: usize = 10_000;

/// The body of a bulk send, in bytes: [`BULK_ROWS_MAX`] rows of two hundred.
pub const BULK_BYTES_MAX: usize = 2 * 1024 * 1024;

/// Rows of a dry run that are answered with their text.
pub const BULK_PREVIEWS_MAX: usize = 50;

/// Bulk sends that are running or paused at the same time: at the highest rate they begin ten chats a second together, of the
/// fifty calls that Ozon allows.
pub const BULKS_LIVE_MAX: usize = 5;

/// Bulk sends that are kept with their rows, about 200 MB at most; the oldest that are over go first.
pub const BULKS_KEPT: i64 = 100;

/// Rows that a bulk send begins in a minute, if nothing else was said: one a second.
pub const BULK_RATE: i64 = 60;

/// Rows that a bulk send begins in a minute at most: each is three calls to Ozon, which leaves the people most of the fifty a
/// second.
pub const BULK_RATE_MAX: i64 = 120;

/// How often the beginning of a chat may get lost before its row counts as failed.
pub const BULK_LOST_MAX: i64 = 5;

/// How far apart the events of a bulk send's progress are at least.
pub const BULK_PROGRESS_EVERY_MS: i64 = 1_000;

/// Rows of a bulk send on one page.
pub const BULK_PAGE: usize = 100;

/// Rows of a bulk send on one page, when asked for more.
pub const BULK_PAGE_MAX: usize = 1_000;

/// Days of a report, if nothing else was said: a week.
pub const REPORT_DAYS: i64 = 7;

/// Days of a report at most: a year and its leap day.
pub const REPORT_DAYS_MAX: i64 = 366;

/// Operators that a report names, those who wrote most: all of a large shop's.
pub const REPORT_OPERATORS_MAX: usize = 200;

/// One frame from a client, in bytes: the longest text with every letter escaped (6 bytes each, `\u044b`) is 24,000, and
/// the envelope and ids fit in the rest.
pub const FRAME_BYTES_MAX: usize = 32 * 1024;

/// The body of an HTTP request to our own API, in bytes: twice a frame.
pub const BODY_BYTES_MAX: usize = 64 * 1024;

/// A notification from an upstream, in bytes: a thousand characters of text and its frame, with much room.
pub const HOOK_BYTES_MAX: usize = 256 * 1024;

/// A client-made id of a message, in bytes: a UUID is 36.
pub const CLIENT_ID_BYTES_MAX: usize = 64;

/// The id of an action that its answer repeats, in bytes.
pub const ACTION_ID_BYTES_MAX: usize = 64;

/// Messages on one page of history: 20 messages of ordinary length are about 5 KB, a third of what a throttled line
/// carries before it freezes.
pub const HISTORY_PAGE: usize = 20;

/// Messages on one page of history, when asked for more.
pub const HISTORY_PAGE_MAX: usize = 100;

/// Chats on one page of the list.
pub const CHATS_PAGE: usize = 50;

/// Chats on one page of the list, when asked for more.
pub const CHATS_PAGE_MAX: usize = 100;

/// User ids in one connection's filter: at most 18 bytes each in the socket's attachment, 9 KB of the runtime's 16,384.
pub const FILTER_USERS_MAX: usize = 500;

/// Missed events that a resume replays. Beyond it a snapshot is cheaper than the replay: 200 events are about 50 KB.
pub const RESUME_EVENTS_MAX: usize = 200;

/// Events that the log keeps for each organization: a busy day, about 3 MB.
pub const EVENT_LOG_MAX: i64 = 10_000;

/// After how many new events the log is trimmed to [`EVENT_LOG_MAX`], so that most turns delete nothing.
pub const EVENT_LOG_TRIM_EVERY: i64 = 256;

/// Sockets of one visitor at the same time (tabs and devices). The oldest is closed for the newest.
pub const VISITOR_SOCKETS_MAX: usize = 16;

/// Sockets of one organization: half of what one object can hold (32,768), so that there is room while old ones close.
pub const ORGANIZATION_SOCKETS_MAX: usize = 16_384;

/// A client that has heard nothing for this long asks for a sign of life.
pub const PING_AFTER_MS: i64 = 4_000;

/// A connection that has been silent for this long is dead: one ping and two and a half of its waits.
pub const LIVENESS_TIMEOUT_MS: i64 = 10_000;

/// How long a connection may take until its `welcome`.
pub const CONNECT_TIMEOUT_MS: i64 = 10_000;

/// How long an action may stay without its answer on a living connection, before the connection is given up.
pub const ANSWER_TIMEOUT_MS: i64 = 10_000;

/// What many providers let through one connection from a foreign host before they freeze it, in bytes.
pub const FREEZE_BYTES: usize = 16 * 1024;

/// What the connection has brought before its first frame, in bytes: a TLS handshake with a chain of two RSA certificates
/// and the session tickets (4.5 KB), the answer to the upgrade with a host's own headers (0.8 KB).
pub const HANDSHAKE_BYTES: usize = 4608 + 768;

/// Bytes of frames that one line brings at most: what is left of [`FREEZE_BYTES`], less a margin of 768.
pub const LINE_BYTES_MAX: usize = FREEZE_BYTES - HANDSHAKE_BYTES - 768;

/// What a frame weighs beside its text: a TLS record (22 bytes) and a WebSocket header (4), or the fields of a stream.
pub const FRAME_OVERHEAD_BYTES: usize = 32;

/// Bytes after which a client opens the next line: enough is left for what comes until that one is up, and a first page
/// with its `welcome` stays below it.
pub const LINE_BYTES_SOFT: usize = LINE_BYTES_MAX * 3 / 5;

/// The smallest budget a client may ask for: a `welcome` and a message of ordinary length.
pub const LINE_BYTES_MIN: usize = 2048;

/// Bytes of a line that are its `welcome`. Whatever comes next is sent, however large: over a fresh line or never.
pub const LINE_HEAD_BYTES_MAX: usize = 640;

/// Bytes of missed events that one line with a budget replays; the others come over the lines that follow.
pub const REPLAY_BYTES: usize = LINE_BYTES_SOFT;

/// Bytes of a page of history or chats on a line with a budget: with its `welcome` it stays below [`LINE_BYTES_SOFT`]. One
/// message is always on it.
pub const PAGE_BYTES: usize = 5120;

/// Bytes of a page of history or chats elsewhere: a hundred long messages.
pub const PAGE_BYTES_MAX: usize = 256 * 1024;

/// Users that the answer to `presence` names: at 18 bytes each, a page.
pub const PRESENCE_USERS_MAX: usize = 200;

/// A line of a client of ours that has been silent for this long is probed: such a client pings after
/// [`PING_AFTER_MS`], unless its page is hidden.
pub const PROBE_AFTER_MS: i64 = 5_000;

/// How seldom the lines are looked at: what is due within it is seen to together.
pub const PROBE_EVERY_MS: i64 = 2_000;

/// How long a probed line has for its answer: what is left of [`LIVENESS_TIMEOUT_MS`].
pub const PROBE_ANSWER_MS: i64 = LIVENESS_TIMEOUT_MS - PROBE_AFTER_MS - PROBE_EVERY_MS;

/// Bytes that are sent to a socket without a sign of life from it before it counts as too slow. It is how much memory
/// such a socket costs at most; about half of the event log, so that what it missed can be had again.
pub const UNHEARD_BYTES_MAX: usize = 2 * 1024 * 1024;

/// Attempts that open nothing before a stream is tried instead of a socket, and after it the two in turn.
pub const SOCKET_FAILURES_MAX: u32 = 2;

/// How long a first socket may take to open before a stream is tried beside it.
pub const STREAM_BESIDE_AFTER_MS: i64 = 4_000;

/// How often a stream without a word is given something without a meaning, so that a dead network is noticed.
pub const STREAM_KNOCK_MS: u64 = 15_000;

/// A stream of a client of ours that has not been heard for this long is ended: such a client pings, if its page is
/// hidden, once a minute.
pub const STREAM_SILENT_MS: i64 = 150_000;

/// How long lines are streams before a socket is tried again.
pub const SOCKET_RETRY_MS: i64 = 10 * 60_000;

/// The first reconnect delay's ceiling; each further one doubles it.
pub const RECONNECT_BASE_MS: i64 = 500;

/// The ceiling of all reconnect delays.
pub const RECONNECT_MAX_MS: i64 = 30_000;

/// "Typing" is shown for this long after its last sign.
pub const TYPING_TTL_MS: i64 = 6_000;

/// A writer repeats the sign this often: half its life, so that one lost sign does not make it flicker.
pub const TYPING_EVERY_MS: i64 = 3_000;

/// How long what has arrived may wait until it is reported as delivered: whoever is looking reports it as read by then,
/// and what comes at once is one report.
pub const DELIVERED_AFTER_MS: i64 = 400;

/// How long after the last socket's end a visitor counts as online: a page load on a slow phone.
pub const PRESENCE_GRACE_MS: i64 = 5_000;

/// Messages waiting in a client's outbox.
pub const OUTBOX_MAX: usize = 100;

/// The life of a visitor's token.
pub const VISITOR_TOKEN_TTL_S: i64 = 30 * 24 * 3600;

/// How long after its expiry a visitor's token can still be exchanged for a fresh one.
pub const VISITOR_TOKEN_RENEW_S: i64 = 365 * 24 * 3600;

/// The longest life of an operator's or integration's token.
pub const TOKEN_TTL_MAX_S: i64 = 366 * 24 * 3600;

/// Bytes of a token: header, claims with two names, and signature.
pub const TOKEN_BYTES_MAX: usize = 2048;

/// Live tokens of one organization: its people and programs, several each.
pub const TOKENS_LIVE_MAX: i64 = 1000;

/// How long a token is still listed after its end: somebody asks for the last month.
pub const TOKEN_ROWS_KEEP_MS: i64 = 31 * 24 * 3_600_000;

/// Tokens on one page of the list.
pub const TOKENS_PAGE: usize = 50;

/// Tokens on one page of the list, when asked for more.
pub const TOKENS_PAGE_MAX: usize = 100;

/// Bytes of the name that a holder keeps over renewals of their token: a UUID, an e-mail address of usual length.
pub const HOLDER_BYTES_MAX: usize = 64;

/// Rows that the audit log keeps, about 100 MB of the object's 10 GB: three years at 450 deeds a day.
pub const AUDIT_ROWS_MAX: i64 = 500_000;

/// After how many new rows the audit log is trimmed, so that most turns delete nothing.
pub const AUDIT_TRIM_EVERY: i64 = 4_096;

/// Entries on one page of the audit log.
pub const AUDIT_PAGE: usize = 100;

/// Entries on one page of the audit log, when asked for more: each is hashed again.
pub const AUDIT_PAGE_MAX: usize = 1_000;

/// The longest time that messages are kept for, if not for ever: ten years.
pub const RETENTION_DAYS_MAX: i64 = 3_653;

/// Sweeps of what is too old are this far apart once nothing more is to go: an object is not kept awake by single messages.
pub const SWEEP_EVERY_MS: i64 = 3_600_000;

/// Messages that one alarm looks at to delete them: some milliseconds of work.
pub const SWEEP_MESSAGES_MAX: i64 = 500;

/// Events of the log that one alarm looks at to delete them.
pub const SWEEP_EVENTS_MAX: i64 = 2_000;

/// How long a former publishable key can live on at most: a quarter, for pages that are hard to change.
pub const KEY_GRACE_MAX_S: i64 = 90 * 24 * 3600;

/// How long a former publishable key lives on if nothing else was said.
pub const KEY_GRACE_S: i64 = 7 * 24 * 3600;

/// Characters of the name of a consent's text.
pub const CONSENT_VERSION_CHARS_MAX: usize = 64;

/// Characters of a consent's text: it is read on a phone, and links to the rest.
pub const CONSENT_TEXT_CHARS_MAX: usize = 4000;

/// The settings of a storefront's widget, in bytes of JSON: with a session's token half of what a throttled line brings.
pub const WIDGET_BYTES_MAX: usize = 8 * 1024;

/// Characters of the greeting's heading: two lines of the panel.
pub const GREETING_HEADING_CHARS_MAX: usize = 80;

/// Characters of the greeting's text: a short paragraph.
pub const GREETING_TEXT_CHARS_MAX: usize = 500;

/// Bytes of a time zone's name: the longest known has 32, and names may be nested.
pub const TIME_ZONE_BYTES_MAX: usize = 64;

/// Working spans of one day: with three breaks.
pub const SPANS_MAX: usize = 4;

/// Days on which the shop is closed besides: the holidays of two years.
pub const CLOSED_DAYS_MAX: usize = 50;

/// Fields of the form: more would not be filled in on a phone.
pub const FORM_FIELDS_MAX: usize = 8;

/// Characters of a field's label or of an option: a line on a phone, and a half.
pub const FORM_LABEL_CHARS_MAX: usize = 60;

/// Options of a field to select from.
pub const FORM_OPTIONS_MAX: usize = 20;

/// Bytes of the names of fields and triggers: a word or two.
pub const WIDGET_NAME_BYTES_MAX: usize = 32;

/// Triggers of one storefront.
pub const TRIGGERS_MAX: usize = 10;

/// Characters of what a trigger says: a bubble on a phone.
pub const TRIGGER_TEXT_CHARS_MAX: usize = 300;

/// Characters of a trigger's pattern of addresses.
pub const TRIGGER_URL_CHARS_MAX: usize = 200;

/// After how many seconds on a page a trigger may come at the latest: who has it open for an hour is not reading.
pub const TRIGGER_AFTER_S_MAX: i64 = 3_600;

/// People of the shop that the widget shows.
pub const TEAM_MAX: usize = 50;

/// Characters of the name of one of them.
pub const TEAM_NAME_CHARS_MAX: usize = 64;

/// For how many seconds browsers and networks may keep the settings that a page asks for without a visitor.
pub const SETTINGS_MAX_AGE_S: i64 = 300;

/// How many of the latest first answers say how soon visitors are answered: a day or a week of a shop.
pub const ANSWERS_KEPT: i64 = 50;

/// With fewer of them nothing is said: one slow answer would be the rule.
pub const ANSWERS_MIN: usize = 5;

/// How old they may be: a month.
pub const ANSWERS_WITHIN_MS: i64 = 30 * 24 * 3_600_000;

/// Entries on one page of the ledger of consents.
pub const CONSENTS_PAGE: usize = 100;

/// Entries on one page of the ledger of consents, when asked for more.
pub const CONSENTS_PAGE_MAX: usize = 1_000;

/// Messages on one page of a user's export.
pub const EXPORT_PAGE: usize = 200;

/// Messages on one page of a user's export, when asked for more: 500 of the longest are 8 MB, which one answer can carry.
pub const EXPORT_PAGE_MAX: usize = 500;

/// How long the hash of a deleted user's id is kept: until no token of theirs could be renewed.
pub const ERASED_KEEP_MS: i64 = (VISITOR_TOKEN_TTL_S + VISITOR_TOKEN_RENEW_S + 24 * 3600) * 1000;

/// Live identity secrets of one organization: one in use, one that takes its place.
pub const IDENTITY_SECRETS_MAX: usize = 2;

/// Bytes of an identity: a JWT with all attributes at their usual lengths.
pub const IDENTITY_BYTES_MAX: usize = 8 * 1024;

/// The longest life of an identity: a page that is open all day. It is a bearer token, and meant to be made for each page.
pub const IDENTITY_TTL_MAX_S: i64 = 24 * 3600;

/// How far the merchant's clock may be ahead of ours.
pub const IDENTITY_SKEW_S: i64 = 60;

/// The life of the token of a visitor who is vouched for. After that the page has to vouch for them again.
pub const VOUCHED_TOKEN_TTL_S: i64 = 12 * 3600;

/// Bytes of the merchant's id of a customer.
pub const CUSTOMER_ID_BYTES_MAX: usize = 128;

/// Attributes of one user, from the merchant's server and from its pages each.
pub const ATTRIBUTES_MAX: usize = 32;

/// Bytes of an attribute's name.
pub const ATTRIBUTE_NAME_BYTES_MAX: usize = 64;

/// Characters of an attribute's text: the address of a page with the marks of the campaign that led there.
pub const ATTRIBUTE_VALUE_CHARS_MAX: usize = 512;

/// Allowed origins of one organization.
pub const ORIGINS_MAX: usize = 64;

/// Bytes of an organization's id. It is part of keys and paths.
pub const ORGANIZATION_ID_BYTES_MAX: usize = 48;

/// Characters of a person's or an organization's name.
pub const NAME_CHARS_MAX: usize = 100;

/// One upstream call, from request to the whole answer (UPSTREAMS 1: the vendor's own clients wait 30 s).
pub const UPSTREAM_TIMEOUT_MS: i64 = 30_000;

/// Calls that Ozon lets one account make in any one second, over all methods together (UPSTREAMS 1.1).
pub const OZON_CALLS_PER_SECOND: usize = 50;

/// The second in which Ozon counts them.
pub const OZON_WINDOW_MS: i64 = 1_000;

/// Places that integrators' calls may take: the rest is for answers to buyers.
pub const GATE_SHARE_FORWARDS: usize = 40;

/// Places that work in the background may take.
pub const GATE_SHARE_CHORES: usize = 10;

/// Places of a gate that was just restored, and up to which one says nothing to its successor: half of all, so that the two
/// together stay within the limit.
pub const GATE_SHARE_YOUNG: usize = OZON_CALLS_PER_SECOND / 2;

/// How long a lease of a busy gate lasts: the vendor's second, and one in which it need not be written again.
pub const GATE_LEASE_MS: i64 = OZON_WINDOW_MS * 2;

/// Failures in a row after which an upstream is left alone.
pub const GATE_CIRCUIT_FAILURES: u32 = 5;

/// For how long at first; twice as long each further time.
pub const GATE_CIRCUIT_MS: i64 = 5_000;

/// For how long at most: an operator's message waits for ten minutes, and is to see several probes.
pub const GATE_CIRCUIT_MAX_MS: i64 = 60_000;

/// When to ask again while nobody knows when a place will be free.
pub const GATE_ASK_AGAIN_MS: i64 = 100;

/// Chores that one alarm takes on: as many as may call at once ([`GATE_SHARE_CHORES`]).
pub const CHORES_AT_ONCE: i64 = 10;

/// When a chore that failed is tried again, the first time; each further time waits twice as long.
pub const CHORE_RETRY_MS: i64 = 2_000;

/// The longest such wait, and how long one that was refused is left alone: a merchant mends a key within minutes.
pub const CHORE_RETRY_MAX_MS: i64 = 10 * 60_000;

/// How long operators may read on before Ozon is told how far. Less than a call's watchdog has left of an answer.
pub const TELL_READ_AFTER_MS: i64 = 2_000;

/// How often a chat is read again for a message that Ozon's list has told of and its history does not show: waits of
/// 2 s and more, each twice as long as the one before and 10 minutes at most, are 27 minutes.
pub const OZON_LAG_TRIES_MAX: i64 = 10;

/// How soon Ozon's list is looked through again after a message was found that no push had brought.
pub const OZON_POLL_SOON_MS: i64 = 15_000;

/// How often at least, while no push comes.
pub const OZON_POLL_MS: i64 = 30_000;

/// How often at least, while pushes come: as long as a list may be kept at all.
pub const OZON_POLL_HEALTHY_MS: i64 = 5 * 60_000;

/// For how long a push shows that pushes come.
pub const OZON_PUSHES_HEALTHY_MS: i64 = 60 * 60_000;

/// Pages of Ozon's list that one look goes through while it is not known how far the last one came: 300 chats.
pub const OZON_FIRST_PAGES: i64 = 3;

/// And at all: 100,000 chats with something new are a mistake of somebody's.
pub const OZON_PAGES_MAX: i64 = 1_000;

/// Messages of a chat that are read at once.
pub const OZON_CATCH_PAGE: u32 = 100;

/// How far back chats are taken over that were there before the account was connected: a buyer can be answered for two
/// days, and orders are talked about for a week.
pub const OZON_BACKFILL_MS: i64 = 7 * 24 * 3_600_000;

/// How often an order that is not delivered yet is looked at, once its chat cannot be written to: the delivery would open it
/// again, and its push may be lost.
pub const OZON_ORDER_LOOK_MS: i64 = 60 * 60_000;

/// How long after its payment an order is looked at again: parcels are on their way for weeks, and are sent back after a month.
pub const OZON_ORDER_FOLLOW_MS: i64 = 45 * 24 * 3_600_000;

/// How long what is known of an order holds while it cannot be looked at: a few looks.
pub const OZON_ORDER_HOLDS_MS: i64 = 6 * OZON_ORDER_LOOK_MS;

/// How far back orders are looked for, by when they were begun: Ozon's lists span a year, and a day of it lies ahead of our clock.
pub const OZON_ORDER_SPAN_MS: i64 = 364 * 24 * 3_600_000;

/// An order's number: two groups of digits today.
pub const OZON_ORDER_NUMBER_BYTES_MAX: usize = 64;

/// Chats that a push about one posting is worked for: an order has one, or one for each posting.
pub const OZON_ORDER_CHATS_MAX: i64 = 50;

/// How long an integrator's call waits for its answer: vendors' clients give up after 30 s.
pub const FORWARD_PATIENCE_MS: i64 = 25_000;

/// How often such a call is made at most, if its repetition does no harm.
pub const FORWARD_TRIES_MAX: u32 = 3;

/// When one that failed is made again, the first time; each further time waits twice as long.
pub const FORWARD_RETRY_MS: i64 = 1_000;

/// Calls of integrators that wait or are under way, of one organization: what its places of the gate let through in half of
/// their patience.
pub const FORWARDS_MAX: usize = 500;

/// For how long the same words by the same caller to the same buyer are taken for the same call: three tries of a client
/// that gives up after 30 s, and the pauses between them.
pub const FORWARD_REPEAT_MS: i64 = 120_000;

/// For how long an answer is kept that may be kept.
pub const FORWARD_CACHE_MS: i64 = 5 * 60_000;

/// How many answers are kept.
pub const FORWARD_CACHED_MAX: usize = 32;

/// The largest answer that is kept, in bytes: a list of 100 chats has about 40,000.
pub const FORWARD_CACHE_BYTES: usize = 256 * 1024;

/// The body of an integrator's call, in bytes, that sends no file: a thousand ids of twenty digits, the most that a method takes,
/// are a tenth of it.
pub const FORWARD_BODY_BYTES_MAX: usize = 256 * 1024;

/// The body of an integrator's call that sends a file, in bytes: the largest file of ours as base64, a thirty-second part for
/// slashes that some writers of JSON escape (one character in 64 is one), and its envelope.
pub const FORWARD_FILE_BODY_BYTES_MAX: usize = FILE_BYTES_MAX.div_ceil(3) * 4 / 32 * 33 + BODY_BYTES_MAX;

/// Bytes of Ozon's id of a chat: a UUID has 36.
pub const OZON_CHAT_ID_BYTES_MAX: usize = 64;

/// Bytes of an upstream's answer that are read.
pub const UPSTREAM_BODY_BYTES_MAX: usize = 4 * 1024 * 1024;

/// When a send that may have been lost may go out again: only after any copy of it under way must have arrived or died.
pub const SEND_SETTLE_MS: i64 = UPSTREAM_TIMEOUT_MS + 5_000;

/// How often a message is handed to an upstream before it counts as failed.
pub const SEND_ATTEMPTS_MAX: i64 = 3;

/// How often the upstream's history is asked about one send before its fate counts as unknown.
pub const LOOKUP_ATTEMPTS_MAX: i64 = 8;

/// Bytes of a file: a phone's photograph is 2 to 8 MB, and an upload is held in the edge's memory (128 MB) until its bytes
/// are judged.
pub const FILE_BYTES_MAX: usize = 10 * 1024 * 1024;

/// Bytes of uploads that one edge instance holds at the same time: four of the largest, twice over in the worst moment, are
/// 80 MB of its 128.
pub const UPLOADS_BYTES_MAX: usize = 4 * FILE_BYTES_MAX;

/// How long an upload may be silent: a phone between two cells.
pub const UPLOAD_SILENCE_MS_MAX: i64 = 30_000;

/// Bytes of files that one organization sends to upstreams at the same time: one of the largest, which is in memory as bytes, as
/// base64 and as the request's copy of that, 37 MB of 128; or many small ones.
pub const FILES_SENDING_BYTES_MAX: i64 = 10 * 1024 * 1024;

/// When a file looks again whether there is room for it on its way to an upstream.
pub const FILE_ROOM_AGAIN_MS: i64 = 1_000;

/// How long reading a file may take that is sent to an upstream; the call has what is left of [`UPSTREAM_TIMEOUT_MS`].
pub const FILE_READ_MS_MAX: i64 = 10_000;

/// Bytes of one row of a file kept in SQLite. The runtime allows 2 MB a row; half a megabyte is also what is copied at once.
pub const FILE_CHUNK_BYTES: usize = 512 * 1024;

/// Bytes of all files that one organization keeps in SQLite: a tenth of what its object can hold (10 GB).
pub const FILES_QUOTA_BYTES: i64 = 1024 * 1024 * 1024;

/// Files that one side of a chat has uploaded and not sent: ten picked at once, and as many left over by a reload.
pub const FILES_UNSENT_MAX: i64 = 20;

/// How long an upload may take from its announcement to its last byte kept.
pub const FILE_ARRIVING_TTL_MS: i64 = 3_600_000;

/// How long an uploaded file waits for its message: a weekend in an outbox without a network.
pub const FILE_UNSENT_TTL_MS: i64 = 3 * 24 * 3_600_000;

/// How long a signed link works: long enough for 10 MB at 150 kbit/s, which take nine and a half minutes.
pub const FILE_LINK_TTL_S: i64 = 600;

/// When the removal of files from the bucket is tried again: seldom, since it wakes the organization.
pub const FILE_REMOVAL_RETRY_MS: i64 = 600_000;

/// Files that are let go in one turn; more of them wait for the next.
pub const FILES_LET_GO_AT_ONCE: usize = 100;

/// Characters of a file's name; what is longer is shortened before its extension.
pub const FILE_NAME_CHARS_MAX: usize = 120;

/// Bytes of the header with a file's name: 120 characters, each of four bytes written as `%xx`, and as many again.
pub const FILE_NAME_HEADER_BYTES_MAX: usize = 120 * 4 * 3 * 2;

/// Pixels of an image: beyond any camera whose pictures fit 10 MB, and 256 MB in the memory of whoever looks at it.
pub const IMAGE_PIXELS_MAX: i64 = 64_000_000;

/// A limit on how often: so many at once, and one more each `every_ms`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// How many may come at once after a silence.
    pub burst: i64,
    /// How long one more takes to become free, in milliseconds.
    pub every_ms: i64,
}

impl Rate {
    /// How long after the last one it is as if there had been none.
    #[must_use]
    pub const fn forgotten_after_ms(self) -> i64 {
        self.burst.saturating_mul(self.every_ms)
    }
}

/// Requests of one address (an IPv4 address, or an IPv6 network of 64 bits): a hundred phones behind one carrier's address
/// that all come back at once need three requests each, and then a session's polling of 20 a second.
pub const ADDRESS_REQUESTS: Rate = Rate { burst: 300, every_ms: 50 };

/// New visitors of one address: an office that opens the shop together, then one each three seconds.
pub const NEW_SESSIONS_ADDRESS: Rate = Rate { burst: 30, every_ms: 3_000 };

/// Requests of one visitor: ten tabs that come back at once with three requests each, and where no socket opens a post for
/// each message and each sign of typing, every second at most.
pub const VISITOR_REQUESTS: Rate = Rate { burst: 60, every_ms: 500 };

/// Requests of one member of staff or program: a CRM that fetches the pages of two hundred chats at once, and fifty requests
/// a second after that, a twentieth of what an organization's object can do.
pub const STAFF_REQUESTS: Rate = Rate { burst: 400, every_ms: 20 };

/// Requests with tokens of one organization: half of the thousand a second that one object can do, and a burst of the two
/// seconds in which people who lost the relay together come back.
pub const ORGANIZATION_REQUESTS: Rate = Rate { burst: 2_000, every_ms: 2 };

/// Requests to one organization without a token, sessions and notifications of upstreams: a fifth of what its object can do,
/// so that its people keep the rest.
pub const ORGANIZATION_STRANGERS: Rate = Rate { burst: 500, every_ms: 5 };

/// Lines of the log that tell of others' mistakes, not of ours: ten a second are 2 MB of disk in a quarter of an hour.
pub const LOG_LINES: Rate = Rate { burst: 100, every_ms: 100 };

/// Senders that the door remembers of each kind, twice as many at most: 10,000 of about 100 bytes in each of five tables are
/// 10 MB of an isolate's 128.
pub const DOOR_KEYS_MAX: usize = 10_000;

/// Frames of one visitor's connection: every key pressed is no frame, typing is one each three seconds, so this is a page
/// that loads history and marks it as read, or a broken one. Full again after six seconds, less than the ten of silence
/// after which an object may sleep and forget: sleeping gives nobody more.
pub const VISITOR_FRAMES: Rate = Rate { burst: 60, every_ms: 100 };

/// Frames of one connection of staff: a program that marks, asks and answers for many chats. Full again after eight seconds.
pub const STAFF_FRAMES: Rate = Rate { burst: 400, every_ms: 20 };

/// Frames that come although they were refused, before the connection is closed: what a client has under way when it is told
/// to wait, with much room.
pub const STUBBORN_FRAMES: Rate = Rate { burst: 200, every_ms: 100 };

/// Messages of one visitor over all their connections: ten pasted lines at once, and then one a second, which nobody can
/// type. Full again after ten seconds.
pub const VISITOR_MESSAGES: Rate = Rate { burst: 10, every_ms: 1_000 };

/// Messages of a visitor to whom nobody has answered yet, in [`FIRST_MESSAGES_WITHIN_MS`]: twice as many as a long question
/// in short lines. Counted in the store, so it holds whatever sleeps or restarts.
pub const FIRST_MESSAGES_MAX: i64 = 20;

/// The time in which [`FIRST_MESSAGES_MAX`] and [`NEW_CHATS_MAX`] are counted.
pub const FIRST_MESSAGES_WITHIN_MS: i64 = 60_000;

/// New chats of visitors in one organization, in [`FIRST_MESSAGES_WITHIN_MS`]: thirty addresses that all bring new
/// visitors as fast as [`NEW_SESSIONS_ADDRESS`] lets them. More is no rush of customers, but a machine.
pub const NEW_CHATS_MAX: i64 = 600;
