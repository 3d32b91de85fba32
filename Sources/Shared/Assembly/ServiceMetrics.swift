package import HTTP

/// The metrics of the services, in the order of docs/metrics.md. A test compares them with the labels in the sources.
package enum ServiceMetrics {
    package static let all: [MetricDeclaration] = HTTPMetrics.all + database + jobs + selling

    private static let database = [
        MetricDeclaration(
            .gauge, "piao_database_connections", by: "state", help: "Connections of the pool: `idle`, `leased` (in use) or `connecting`."),
        MetricDeclaration(.gauge, "piao_database_lease_waiters", help: "Requests that wait for a connection of the pool."),
        MetricDeclaration(.timer, "piao_database_lease_wait_seconds", help: "Seconds that a request waited for a connection."),
        MetricDeclaration(.timer, "piao_database_lease_seconds", help: "Seconds that a connection was in use."),
        MetricDeclaration(.counter, "piao_database_connect_failures_total", help: "Connections to the database that couldn't be made."),
        MetricDeclaration(
            .counter, "piao_database_lease_refusals_total",
            help: "Requests that got no connection, since too many waited or one waited too long."),
        MetricDeclaration(
            .counter, "piao_database_transaction_retries_total",
            help: "Transactions begun again after a deadlock or a conflict with others."),
        MetricDeclaration(
            .counter, "piao_database_commits_unknown_total",
            help: "Transactions whose connection broke during COMMIT, so that nobody knew whether they were stored."),
    ]

    private static let jobs = [
        MetricDeclaration(
            .counter, "piao_outbox_deliveries_total", by: "kind", "outcome",
            help: "Attempts to deliver a message of the outbox: `done`, `again` (later), `waiting` (for its time) or `given_up`."),
        MetricDeclaration(.gauge, "piao_outbox_due_messages", help: "Messages whose time has come and that nobody has delivered yet."),
        MetricDeclaration(.gauge, "piao_outbox_oldest_due_age_seconds", help: "Seconds since the time of the one that is due for longest."),
        MetricDeclaration(
            .gauge, "piao_outbox_oldest_age_seconds", by: "kind",
            help: "Seconds since the oldest undelivered message was written; 0 for none."),
        MetricDeclaration(
            .gauge, "piao_outbox_dead_messages", by: "kind", help: "Messages given up: a person has to look (`GET /v1/outbox-messages`)."),
        MetricDeclaration(.counter, "piao_job_runs_total", by: "job", "outcome", help: "Runs of a job: `done` or `failed`."),
    ]

    private static let selling = [
        MetricDeclaration(
            .gauge, "piao_lane_waiting_requests", by: "lane", "index",
            help: "Bookings (`orders`) or payment notifications (`notices`) that wait in a lane."),
        MetricDeclaration(.counter, "piao_lane_batches_total", by: "lane", help: "Batches that left the lanes."),
        MetricDeclaration(.counter, "piao_lane_requests_total", by: "lane", help: "Requests that left the lanes in batches."),
        MetricDeclaration(.counter, "piao_lane_failed_batches_total", by: "lane", help: "Batches that failed."),
        MetricDeclaration(
            .counter, "piao_lane_refusals_total", by: "lane", help: "Requests refused, since their lane was full or they waited too long."),
        MetricDeclaration(.counter, "piao_seat_maps_shown_from_memory_total", help: "Seat maps given from memory (ClientService)."),
        MetricDeclaration(.counter, "piao_seat_map_readings_total", help: "Seat maps read from the database (ClientService)."),
        MetricDeclaration(
            .counter, "piao_payment_notices_refused_total", by: "gateway", "reason",
            help: "Notifications of payments that were not believed, or not for us (ClientService)."),
        MetricDeclaration(
            .timer, "piao_picture_preparation_seconds",
            help: "Seconds that it took to decode a picture and encode it anew, refused ones included (AdminService, CinemaService)."),
        MetricDeclaration(
            .gauge, "piao_reconciliation_unresolved_differences",
            help: "Differences between our books and a gateway's bills that nobody has resolved (AdminService)."),
    ]
}
