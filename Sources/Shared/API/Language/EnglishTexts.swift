import HTTP

extension LanguageTexts {
    /// What problems and field errors say in English.
    static let english = LanguageTexts(
        titles: englishTitles, sentences: englishSentences, names: englishNames)

    private static let englishTitles: [Int: String] = [
        400: "Bad Request",
        401: "Unauthorized",
        403: "Forbidden",
        404: "Not Found",
        405: "Method Not Allowed",
        408: "Request Timeout",
        409: "Conflict",
        412: "Precondition Failed",
        413: "Content Too Large",
        414: "URI Too Long",
        415: "Unsupported Media Type",
        417: "Expectation Failed",
        422: "Unprocessable Content",
        428: "Precondition Required",
        429: "Too Many Requests",
        431: "Request Header Fields Too Large",
        500: "Internal Server Error",
        501: "Not Implemented",
        503: "Service Unavailable",
        505: "HTTP Version Not Supported",
    ]

    private static let englishSentences: KeyValuePairs<String, String> = [
        // The request as it came in
        "request_malformed": "The request can't be read as HTTP/1.1 (RFC 9112). Send it again in that form.",
        "host_missing": "Send the header Host with the request.",
        "host_invalid": "Send one Host header that names a host, and a port if there is one.",
        "target_too_long": "The path and query are too long. Shorten them.",
        "headers_too_large": "The headers are too many or too long. Send fewer or shorter ones.",
        "expectation_unknown": "Send no Expect header, or `100-continue` in it.",
        "method_unknown": "No call here has this HTTP method. Look it up in the API's description.",
        "transfer_coding_unknown": "Send the body with Content-Length, or with Transfer-Encoding chunked.",
        "version_unknown": "Use HTTP/1.1.",
        "not_found": "There is nothing here that you may see. Check the id.",
        "not_found.path_unknown": "There is no call at this path. Look it up in the API's description.",
        "method_not_allowed": "This path takes only {allow}.",
        "origin_not_allowed": "Web pages of this origin may not call this service. Ask whoever runs it to allow the origin.",
        "body_not_expected": "This call takes no body. Send it without one.",
        "body_incomplete": "The body ended before its end. Send the request again.",
        "body_missing": "This call needs a JSON body.",
        "file_missing": "This call needs a file as its body.",
        "body_too_large": "The body is too large: it may have {limit} bytes.",
        "request_timeout": "The request took longer than {limit_seconds} seconds to arrive. Send it again.",
        "unsupported_media_type": "The body has the wrong type. {errors}",
        "malformed_json": "The body is not JSON (RFC 8259). Correct it at byte {byte}.",
        "duplicate_key": "This name stands twice in its object. Name each field once.",
        "invalid_utf8": "The text is not valid UTF-8. Encode it as UTF-8.",
        "lone_surrogate": "Half of a surrogate pair stands alone. Escape the whole character.",
        "too_deep": "Arrays and objects may nest {limit} levels deep. Send a flatter body.",
        "too_many_keys": "An object may have {limit} fields. Send fewer.",
        "body_invalid": "A field is unknown, missing or has no valid value. {errors}",
        "value_refused": "A value can't be stored; nothing was changed. Send another value.",
        "parameter_invalid": "A parameter is unknown, stands twice, is missing or has no valid value. {errors}",
        "query_invalid": "The query has a broken percent escape or is not UTF-8. Encode it again.",
        "cursor_invalid": "This list did not give out this cursor. Begin at the first page.",
        "sort_needs_parameter": "To sort the list like this, give {parameter} too.",
        "header_invalid": "A header has no valid value, or stands twice. {errors}",
        "if_match_required": "Read the resource first, then send its ETag in the header If-Match.",
        "stale": "The resource has changed since you read it. Read it again, then repeat your change.",
        "quota_exceeded": "Too many requests of this kind. Try again in {retry_after} seconds.",
        "busy": "Too much is under way right now; nothing was changed. Try again in a moment.",
        "database_unavailable": "The database can't be reached right now; nothing was changed. Try again in a moment.",
        "outcome_unknown": "It is not known whether this was carried out. Repeat it with the same Idempotency-Key, or look first.",
        "not_ready": "This service can't serve now, because something that it needs is not there. Try again in a moment.",
        "too_many_connections_of_address": "Too many connections are open from your address. Close some, or use those that are open.",
        "too_many_streams": "Too many live streams are open here. Try again in a moment, or ask from time to time instead.",
        "too_many_streams_of_address": "Too many live streams are open from your address. Close some, or ask from time to time instead.",
        "internal_error": "Something went wrong on our side. Try again; if it happens again, tell us the request_id.",
        "request_in_progress": "A request with this Idempotency-Key is still being worked on. Repeat it in a moment.",
        "idempotency_key_reused": "This Idempotency-Key was used for another request. Use a new one.",

        // Fields, parameters and headers
        "missing": "This is required.",
        "invalid": "This is not valid.",
        "invalid.not_a_host": "This must be a host, and a port if there is one.",
        "invalid.not_an_entity_tag": "This must be an ETag in double quotes, or *.",
        "invalid.several_entity_tags": "Name one ETag.",
        "invalid.not_an_idempotency_key": "This must be 1 to 255 visible ASCII characters, in double quotes or bare.",
        "unknown_key": "There is no such field here. Leave it out.",
        "unknown_parameter": "This call has no such parameter. Leave it out.",
        "unknown_field": "The answer has no such field. Its fields are: {values}.",
        "unknown_value": "This must be one of: {values}.",
        "duplicate": "This stands twice. Send it once.",
        "wrong_type": "This must be {expected|json_type}, not {found|json_type}.",
        "not_whole": "This must be a whole number.",
        "out_of_range": "This must be from {minimum} to {maximum}.",
        "too_short": "This must be {minimum} or more characters long.",
        "too_short.invisible_removed":
            """
        Without invisible characters, and blanks around it, this must be {minimum} or more characters long.
        """,
        "too_long": "This is too long: the limit is {limit} in characters.",
        "too_few": "There must be {minimum} or more of these.",
        "too_many": "There are too many of these: the limit is {limit}.",
        "too_large": "The body is too large: it may have {limit} bytes.",
        "nul_character": "Leave out the NUL character.",
        "pattern": "This must match the pattern {pattern}.",
        "not_a_day": "This must be a day that exists, written as 2026-10-01.",
        "not_a_time": "This must be a time of the years 1 to 9999, written as 2026-10-01T12:00:00Z (RFC 3339).",
        "not_a_uuid": "This must be a UUID.",
        "not_a_coordinate": "This must be latitude and longitude in degrees, written as 31.2304,121.4737.",
        "unsupported": "This is not supported.",
        "unsupported.media_type": "This must be {expected} in UTF-8.",
        "unsupported.content_coding": "Send the body uncompressed.",
        "name_invalid": "A name is one line with visible characters, without blanks around it.",
        "repeated": "The list has {value} already. Name it once.",

        // Who somebody is
        "unauthenticated": "Sign in first: the token is missing, wrong or no longer valid.",
        "account_restricted": """
        This account may not do that: it lacks "{action|action}" on "{resource|resource}". Ask somebody who manages it for the permission.
        """,
        "account_disabled": "This account has been disabled. Ask whoever manages it.",
        "credentials_wrong": "The login or the password is wrong. Check both.",
        "sign_in_throttled": "Too many wrong passwords. Try again in {retry_after} seconds.",
        "contacts_changed": "Your phone number or e-mail address has just been changed. Look at them, then try again.",
        "username_invalid":
            """
        A username has 3 to 32 letters (a to z), Chinese characters, digits, '_', '.' or '-', at least one of them a letter or a \
        Chinese character.
        """,
        "phone_invalid": "This is not a phone number. Write it with its country code, as +8613800138000; without one, +86 is assumed.",
        "email_invalid": "This is not an e-mail address. Write it as name@example.com.",
        "password_too_short": "Choose a longer password: {minimum} or more characters.",
        "password_too_long": "Choose a shorter password: the limit is {limit} in characters.",
        "password_common": "This password is too easy to guess: many people have it, or it is your own name. Choose another one.",
        "password_missing": "Send the account's password, too.",
        "password_wrong": "The password is wrong. Check it.",
        "password_unchanged": "This is the password that has to be replaced. Choose another one.",
        "password_set_by_code": "You have no password yet. Set one by a code that is sent to your phone number or e-mail address.",
        "new_password_required":
            """
        Somebody else has set this password, or it is too short to stand alone. Send a new one of your own, too, as `new_password`.
        """,
        "longer_password_needed": "Your password is too short to stand alone. Set a longer one before you turn the second factor off.",
        "permission_invalid": "A permission is the sum of some of read 1, write 2, modify 4 and delete 8: a number from 0 to 15.",
        "merchant_name_invalid": "A merchant's name has 1 to 100 characters, not all of them blanks.",
        "destination_ambiguous": "Give either a phone number or an e-mail address.",
        "code_too_soon": "A code was sent a moment ago. Ask for another one in {retry_after} seconds.",
        "code_limit_reached":
            """
        Too many codes were asked for: there may be {limit} in 24 hours. Ask where you have signed in before, or wait.
        """,
        "code_wrong": "The code is wrong or no longer valid. Ask for another one.",
        "code_missing": "Send the code, too, that was sent to the new phone number or e-mail address.",
        "messages_unavailable": "This service can't send messages at present. Use your password, or try again later.",
        "secrets_unavailable": "This service isn't set up for codes and second factors. Tell whoever runs it.",
        "one_at_a_time": "Change the phone number and the e-mail address one after the other: each needs a code.",
        "totp_required": "Send the code of your authenticator application, too.",
        "totp_wrong": "The authenticator's code is wrong or was used before. Wait for the next one.",
        "totp_closed":
            """
        Too many wrong codes were tried. Sign in with a recovery code, or ask an administrator to open your second factor again.
        """,
        "totp_enabled": "The account has a second factor already. Turn it off before you set up another one.",
        "totp_not_enabled": "The account has no second factor. Set one up first.",
        "second_factor_required":
            """
        Set up a second factor first. Until then only /v1/me, /v1/me/totp and /v1/sessions/current can be reached.
        """,
        "username_taken": "Somebody else has this username. Choose another one.",
        "phone_taken": "Another account has this phone number. Sign in to that account, or use another number.",
        "email_taken": "Another account has this e-mail address. Sign in to that account, or use another address.",
        "own_account": "You can't disable the account that you are signed in with. Ask a colleague.",

        // Signing in by QR code, apps and identity providers
        "qr_unknown": "This is not a sign-in code of ours. Scan the code that the device shows.",
        "qr_login_taken": "Another phone has scanned this code. Show a new one.",
        "qr_login_over": "This sign-in is over. Show a new code.",
        "qr_number_wrong": "This is not the number that the device shows. The sign-in was denied; show a new code.",
        "app_unknown": "There is no such app.",
        "app_exists": "Another app of this realm has this name. Choose another one.",
        "app_ticket_invalid": "The ticket is not valid for this app, or no longer. Ask for a new one.",
        "provider_unknown": "Nobody can sign in by way of this provider. Choose one of the list.",
        "provider_unavailable": "The provider can't be reached right now. Try again in a moment.",
        "third_party_login_invalid": "This sign-in is not valid, or no longer. Begin again.",
        "linking_needed": "There is an account with this e-mail address. Sign in to it, then link the other one there.",
        "identity_taken": "This account of the provider is linked already. Unlink it there first.",
        "confirmation_needed": "Send your password, or sign in again first.",
        "last_way_in": "Without it you could no longer sign in. Set a password or link another account first.",

        // Permissions
        "grant_not_held": "You can't give or take what you don't hold yourself.",
        "disabled_by_platform": "The platform has disabled this account. Only the platform can enable it again; ask its people.",
        "scope_changed": "The cinemas that you are there for have just changed; nothing was done. Try again.",
        "limited_to_cinemas": "You are limited to some cinemas of your merchant. Ask somebody who is not.",
        "last_owner": "Somebody has to remain who may do everything. Make another account that before you take it from this one.",
        "permission_exists": "There is a permission of this name, or with these bits on this resource. Use that one.",
        "permission_in_use": "Somebody or a group has this permission. Take it from them first.",
        "permission_unknown": "One of these permissions doesn't exist. Look at the list.",
        "permission_group_unknown": "One of these permission groups doesn't exist in this realm. Look at the list.",
        "user_group_unknown": "One of these user groups doesn't exist for this account. Look at the list.",
        "group_exists": "There is a group of this name. Choose another one.",
        "group_in_use": "Somebody or another group has this group. Take it from them first.",
        "group_built_in": "This group comes with the program. Make another one instead of changing it.",
        "already_member": "The account is in this group already.",
        "account_unknown": "There is no such account that this group is for.",
        "merchant_unknown": "There is no such merchant, or the group isn't of the cinema realm.",

        // Pictures
        "picture_type_unknown": "This file is no picture that can be shown. Send a JPEG, a PNG or a WebP.",
        "picture_mislabelled": "This file is not what its Content-Type says. Send it with {found}.",
        "picture_broken": "This picture is damaged or incomplete. Save it anew, then send it again.",
        "picture_animated": "This picture moves. Send a single one.",
        "picture_too_large": "This picture is too large. It may have {maximum_pixels} pixels, and {maximum_side} on a side.",
        "picture_unknown": "There is no such picture. Upload it, then name it by the hash in the answer.",
        "picture_repeated": "This picture stands twice in the list. Name it once.",

        // Merchants and places
        "quota_reached": "The merchant has as many {quota|quota} as it may have: {limit}. Remove some, or ask the platform's people.",
        "quota_reached.not_verified":
            """
        Until it is verified, the merchant may have {limit} of these: {quota|quota}. Ask the platform's people to verify it.
        """,
        "merchant_not_verified": "The merchant has to be verified before it can schedule showtimes. Ask the platform's people.",
        "city_unknown": "There is no city with this id. Choose one of the list.",
        "district_outside_city": "The city has no such district. Choose one of its list.",
        "opening_hours_overlap": "These hours begin before others have ended, or stand on a day that is closed. Mend one of the two.",
        "district_mismatch": "`district` and `district_id` are of different districts. Send one of the two.",
        "division_code_invalid": "This is not the code of a province, city or district: twelve digits, of which the last six are zeros.",
        "division_code_taken": "Another division has this code at that time. Check the code and the day.",
        "division_retired": "This division is no longer there. Choose one that is.",
        "division_not_retired":
            "This division is still there, so what refers to it stays. Rename, recode, merge, split or retire it first.",
        "division_day_invalid": "The day lies in the future, or before the division was there. Choose another day.",
        "division_is_itself": "A division can't become a part of itself. Choose another one.",
        "division_unknown": "There is no division with this id. Choose one of the list.",
        "division_level_differs": "The two divisions are not of the same level. Choose one of the same level.",
        "division_not_successor": "The division did not become this one. Choose one of its successors.",
        "point_outside_city": "This place is more than {limit_km} km away from the city. Check latitude and longitude.",
        "time_zone_unknown": "This is not the name of a time zone. Write it as Asia/Shanghai.",
        "cinema_unknown": "One of these cinemas isn't the merchant's.",
        "cinema_exists": "The merchant has a cinema of this name in the city already. Choose another name.",
        "cinema_has_sales": "The cinema has sold tickets in its city. Only the platform's people can move it to another one; ask them.",
        "cinema_in_use": "The cinema has showtimes that are neither over nor cancelled. Cancel them first.",
        "hall_unknown": "There is no such hall of yours.",
        "hall_exists": "The cinema has a hall of this name already. Choose another name.",
        "row_count_invalid": "A layout has 1 to {limit} rows.",
        "column_count_invalid": "A row has 1 to {limit} cells.",
        "layout_without_seats": "Draw at least one seat.",
        "row_label_invalid": "A row's label has 1 to {limit} letters or digits.",
        "row_label_repeated": "Two rows have the label {label}. Give each row its own.",
        "zone_invalid": "A zone's name has 1 to {limit} characters, without blanks around it.",
        "cell_unknown": "The cell of column {column} must be S, L, R, W, H, X, or _ for an aisle.",
        "couple_incomplete": "The cell of column {column} is half of a couple's seat. Write R directly after each L.",
        "refund_steps_unordered": "Order the steps: each is nearer to the start than the one before it, and its fee is not lower.",

        // Movies, rights, showtimes
        "company_unknown": "There is no company with this id.",
        "company_exists": "There is a company of this name already. Use that one.",
        "preview_after_release": "The movie is released on {release_date}. Showings before that begin earlier.",
        "eidr_check_digit_wrong": "The last character doesn't fit the others. Compare the EIDR with its source.",
        "film_code_taken": "Another movie has this film code. Compare it with its source.",
        "eidr_taken": "Another movie has this EIDR. Compare it with its source.",
        "person_unknown": "There is no person with this id.",
        "person_ambiguous": "Several people have this name. Name the one that is meant by `person_id`, or add another.",
        "person_in_use": "The person has a part in a movie. Take it out of the movies first.",
        "name_differs": "This id belongs to {name}. Give the id of the one that is meant, or leave the name out.",
        "phrase_invalid": "A phrase has two to eight Chinese characters; a surname may have one.",
        "reading_invalid": "The phrase has {limit} characters. Give one syllable for each, with blanks between them.",
        "phrase_exists": "This phrase is there already. Change its reading.",
        "movie_unknown": "There is no such movie.",
        "movie_in_use": "The movie has showtimes that are neither over nor cancelled. Cancel them first.",
        "movie_ended": "The movie has ended, and no tickets are sold for it. Ask the platform's people to set its state to showing again.",
        "before_release": "The movie is released on {release_date}. To show it before, mark the showtime as a preview: `preview` true.",
        "valid_period_invalid": "The last day must not be before the first.",
        "period_invalid": "The last day must not be before the first.",
        "screening_right_requested": "You have asked for this right already. Wait for the decision.",
        "screening_right_not_granted": "Only a granted screening right can be revoked.",
        "screening_right_missing": "The merchant has no granted screening right for this movie on this day. Ask for one first.",
        "already_decided": "This screening right has been decided about already. Read it again.",
        "showtime_unknown": "There is no such showtime. Choose another one.",
        "showtime_in_past": "A showtime has to start in the future.",
        "showtime_too_far": "A showtime can be scheduled {limit_days} days ahead at most.",
        "format_not_supported": "Choose a format that hall and movie both have: {formats}.",
        "language_not_available": "The movie is not available in this language. Choose one of: {languages}.",
        "price_missing": "The zone {zone} has seats for sale but no price. Set one.",
        "price_below_minimum": "A ticket of this movie costs {minimum_price_fen} fen or more.",
        "zone_unknown": "The hall has no such zone.",
        "zone_repeated": "Give each zone one price.",
        "sale_window_invalid":
            """
        Sale has to open before it closes, and to close by the end of the movie. Unless set, it closes at the start.
        """,
        "hall_occupied": "Another showtime occupies the hall at that time. Choose another time or hall.",
        "showtime_has_orders": "Seats are sold or held: only the sale times can change. Cancel the showtime to change more.",
        "showtime_started": "The showtime has started: only the sale times can change.",
        "showtime_cancelled": "The showtime is cancelled. Choose another one.",
        "showtime_not_cancelled": "The showtime is not cancelled. Cancel it first.",
        "showtime_changing": "This showtime is being changed right now. Ask again in a moment.",

        // Seats and orders
        "seat_unknown": "The showtime's hall has no such seat. Look at the seat map again.",
        "seat_repeated": "A seat is named more than once. Name each once.",
        "seat_taken": "These seats are taken. Choose others.",
        "seats_held_by_you": "Your own unpaid order {order_id} holds these seats. Pay it, or cancel it to choose anew.",
        "seat_not_for_sale": "These seats are not sold here. Choose others.",
        "couple_seats_sold_in_pairs": "A couple's seat is sold whole. Add the seats of `seat_ids`.",
        "seats_unavailable": "That many such seats can't be had now. Choose fewer, or another kind.",
        "seat_limit_exceeded": "This is more seats of the showtime than one person may hold: {limit}. Choose fewer.",
        "seat_limit_reached": "This is more seats of the showtime than one person may hold: {limit} in all. Choose fewer.",
        "orphan_seat_left": "This choice would leave a single seat alone. Choose seats side by side, without a gap of one.",
        "unpaid_order_limit_reached": "Pay or cancel your unpaid orders first: you may have {limit} at a time.",
        "contact_needed":
            """
        You have an unpaid order. Before you open another one, prove a phone number or an e-mail address by a code that is sent there.
        """,
        "holds_paused": "Orders of yours, or from your network, were left unpaid. Try again in {retry_after} seconds.",
        "challenge_required":
            """
        Unpaid orders from your network hold many seats of this showtime. Solve the challenge, then send its id and counter along.
        """,
        "price_changed": "The order costs {payable_fen} fen by now. Look at `lines`, and order again if that suits you.",
        "address_share_reached":
            """
        Unpaid orders from one network may hold {limit} of the {seats} seats of this showtime. Pay for some of them first.
        """,
        "sale_not_open": "The sale has not opened yet: it opens at {opens_at}.",
        "sale_closed": "The sale of this showtime has closed. Choose another one.",
        "sale_closed.movie_ended": "The movie has ended, and no tickets are sold for it. Choose another movie.",
        "order_expired": "The order was not paid in time, and its seats are free again. Choose seats anew.",
        "order_not_unpaid": "The order no longer waits for a payment. Read it again.",
        "order_not_paid": "The order has no tickets, because it is not paid.",
        "order_over": "The order has ended; there is nothing to void.",
        "order_needs_attention": "Money of the order went back at the gateway. Ask the platform's people to decide about it first.",
        "order_needs_no_decision": "There is nothing to decide about the order, or it was decided before. Read it again.",

        // Payments and refunds
        "payment_method_unknown": "There is no such way of paying. Choose another one.",
        "return_url_not_allowed": "Buyers are not sent back to this page. Use a page of your own frontend, or have its origin allowed.",
        "payment_time_over": "There is no time left for paying. Open a new order.",
        "payment_limit_reached":
            """
        Too many attempts to pay this order were started: there may be {limit}. Complete one of them, or open a new order.
        """,
        "no_payment_started": "Start a payment before you say that you paid.",
        "payment_reference_used": "Another payment has this reference. Check it.",
        "payment_reference_missing": "Name the reference under which the money was taken.",
        "trade_open":
            """
        The buyer has begun to pay online, and can still complete it. That payment is being closed; try again in {retry_after} \
        seconds.
        """,
        "refund_exceeds_payment": "No more can be refunded than was paid.",
        "refund_window_closed": "The cinema's policy gives no money back so near to the start.",
        "refund_window_closed.no_refunds": "This cinema gives no money back for tickets.",
        "refund_not_at_counter": "The money goes back the way it came: through the gateway.",
        "refund_paid_out": "The money was handed out before.",
        "notification_not_refundable": "Only money of a wrong amount goes back this way, unless the right amount came as well.",
        "notification_refunded": "The money that this notification tells of was sent back before.",
        "refund_not_refused": "The gateway doesn't refuse this refund: it is under way, or done. Read it again.",
        "gateway_unknown": "There is no such gateway.",
        "day_in_future": "The day has not begun in Beijing. Choose an earlier one.",
        "already_resolved": "The difference is resolved already. Read it again.",

        // Tickets
        "collection_code_unknown": "No tickets of yours are collected with this code. Check it.",
        "already_collected": "The tickets were collected before.",
        "tickets_collected": "The tickets were collected; their money doesn't go back any more.",
        "tickets_refunded": "The order's money has gone back; its tickets are void.",
        "ticket_unknown": "The order has no such ticket. Read its tickets again.",
        "ticket_repeated": "A ticket is named more than once. Name each once.",
        "ticket_refunded": "The ticket's money has gone back before.",
        "ticket_entered": "The ticket's holder has been let in; its money doesn't go back any more.",
        "ticket_void": "The ticket's money has gone back; it lets nobody in.",
        "ticket_not_valid": "The ticket was collected, used or given back.",
        "couple_seats_refunded_together": "A couple's seat goes back whole. Name the tickets of `seat_ids`, too.",
        "ticket_for_other_showtime": "The ticket is for the showtime {showtime_id}, not for this door's.",
        "ticket_code_invalid": "This is no ticket for a showtime of yours.",
        "ticket_code_outdated": "The ticket was given another seat since. Its new code is with the buyer.",
        "already_entered": "Somebody was let in with this ticket before.",
        "not_entered": "Nobody was let in with this ticket.",
        "entry_not_open": "Entry for this showtime opens at {opens_at}. To let somebody in before, say why in `override_reason`.",
        "entry_closed": "Entry for this showtime closed at {closed_at}. To let somebody in after, say why in `override_reason`.",
        "entry_undo_over": "An entry can be taken back for {limit_minutes} minutes.",
        "seat_price_differs": "The seat has another price than the ticket. Choose a seat at {price_fen} fen.",
        "seat_of_couple": "A couple's seat is not exchanged for another one.",

        // Work behind
        "message_not_dead": "Only a message that was given up can be tried again.",
    ]
}
