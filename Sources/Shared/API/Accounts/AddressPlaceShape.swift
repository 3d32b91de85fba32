import HTTP
import Shared

/// How the place of an address looks from outside.
enum IPLocationShape {
    static let place = Shape<IPLocation>(
        "AddressPlace",
        .text("country", "Code of the country (ISO 3166-1).", example: "CN") { $0.country },
        .text("region", "Region, as far as it is known.", example: "Shanghai") { $0.region },
        .text("city", "City, as far as it is known.", example: "Shanghai") { $0.city }
    )
}
