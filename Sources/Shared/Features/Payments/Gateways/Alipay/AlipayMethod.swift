/// The ways of paying with Alipay, by their words in the interface.
package enum AlipayMethod: String, CaseIterable, Sendable {
    /// A page in a desktop browser.
    case page = "alipay_page"
    /// A page in a phone's browser.
    case wap = "alipay_wap"
    /// The app on the phone.
    case app = "alipay_app"

    package var method: PaymentMethod { PaymentMethod(rawValue: rawValue) }

    /// The gateway's interface that starts it.
    var interface: String {
        switch self {
        case .page: "alipay.trade.page.pay"
        case .wap: "alipay.trade.wap.pay"
        case .app: "alipay.trade.app.pay"
        }
    }

    /// The product that the merchant has signed up for.
    var productCode: String {
        switch self {
        case .page: "FAST_INSTANT_TRADE_PAY"
        case .wap: "QUICK_WAP_PAY"
        case .app: "QUICK_MSECURITY_PAY"
        }
    }
}
