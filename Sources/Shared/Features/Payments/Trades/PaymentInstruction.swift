/// What the client does next in order to pay.
package enum PaymentInstruction: Hashable, Sendable {
    /// Open this address in a browser.
    case payURL(String)
    /// Nothing: the money has been taken.
    case nothing
    /// Hand this text to the gateway's app on the phone.
    case orderString(String)
}
