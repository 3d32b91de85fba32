package import HTTP

extension Texts {
    /// What the services say, in each language.
    package static let catalogue = Texts([.english: .english, .chinese: .chinese])
}
