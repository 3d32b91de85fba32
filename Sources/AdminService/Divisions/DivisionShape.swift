import API
import HTTP
import Shared

/// Administrative divisions in answers.
enum DivisionShape {
    private static let step = Shape<DivisionRecord.Step>(
        "DivisionStep",
        .id("id", "Number of the other division.", example: "2") { $0.division.id },
        .text("code", "Its code.", example: "370116000000") { $0.division.code },
        .text("name", "Its name.", example: "莱芜区") { $0.division.name },
        .enumeration("change", "How the one became the other.", example: "recoded") { $0.change }
    )

    static let division = Shape<DivisionRecord>(
        "Division",
        .id("id", "Number of the division.", example: "1") { $0.division.id },
        .text("code", "Twelve digits, GB/T 2260 with zeros; others had it before, or have it since.", example: "371202000000") {
            $0.division.code
        },
        .text("name", "Name.", example: "莱城区") { $0.division.name },
        .enumeration("level", "Province, city or district.", example: "district") { $0.division.level },
        .double("latitude", "Degrees, WGS-84, of its seat of government.", example: "36.2") { $0.division.point?.latitude },
        .double("longitude", "Degrees, WGS-84, of its seat of government.", example: "117.66") { $0.division.point?.longitude },
        .day("valid_from", "Its first day; null where it has been there always.", example: "1993-01-01") { $0.division.validFrom },
        .day("valid_to", "The day from which on it is no longer there; null while it is.", example: "2019-01-09") { $0.division.validTo },
        .list("predecessors", step, "What became this one.") { $0.predecessors },
        .list("successors", step, "What this one became; none of one that is there, or that was abolished.") { $0.successors }
    )

    static let reference = Shape<DivisionReference>(
        "DivisionReference",
        .enumeration("kind", "What it is.", example: "cinema") { $0.kind },
        .id("id", "Its number.", example: "7") { $0.id },
        .text("name", "Its name.", example: "Bona 中关村店") { $0.name }
    )

    static let moved = Shape<MovedReferences>(
        "MovedReferences",
        .int("cinemas", "How many cinemas were moved, deleted ones among them.", example: "12") { $0.cinemas },
        .int("cities", "How many cities were.", example: "0") { $0.cities }
    )
}
