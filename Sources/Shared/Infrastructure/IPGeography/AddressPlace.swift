/// Where an address is, as far as a list knows.
package struct AddressPlace: Hashable, Sendable {
    /// The code of ISO 3166-1, as `CN`.
    package let country: String
    package let region: String?
    package let city: String?
}
