import Shared

/// The page for the buyer. It says that it belongs to a development tool.
enum CashierPage {
    static func trade(_ trade: SandboxTrade) -> String {
        let amount = AlipayAmount.text(fen: trade.amountFen)
        let action =
            trade.status == .waitBuyerPay
            ? """
            <form method="post" action="/cashier/\(escaped(trade.terms.outTradeNo))/pay"><button>Pay ¥\(amount)</button></form>
            """
            : "<p><strong>\(trade.paidAt == nil ? "This trade is closed." : "Paid.")</strong></p>"
        return page(
            """
            <h1>\(escaped(trade.terms.subject))</h1>
            <p class="amount">¥\(amount)</p>
            \(action)
            <p class="small">\(escaped(trade.terms.outTradeNo)) · \(trade.status.rawValue)</p>
            """
        )
    }

    /// The page to which the browser returns from the cashier, in place of a frontend's.
    static var returned: String {
        page("<h1>Thank you</h1>\n<p>Your payment is being confirmed. Your order shows the tickets as soon as it is.</p>")
    }

    static func refused(_ subCode: String) -> String {
        page("<h1>This cannot be paid</h1>\n<p>\(escaped(subCode))</p>")
    }

    private static func page(_ content: String) -> String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width">
        <title>Payment sandbox</title>
        <style>
        body { font-family: system-ui, sans-serif; max-width: 24rem; margin: 3rem auto; padding: 0 1rem; text-align: center }
        .amount { font-size: 2.5rem; margin: 1rem }
        .small { color: #777; font-size: .8rem }
        button { font-size: 1.2rem; padding: .6rem 2rem; border: 0; border-radius: .4rem; background: #1677ff; color: #fff }
        </style>
        </head>
        <body>
        <p class="small">Payment sandbox: no money moves here.</p>
        \(content)
        </body>
        </html>

        """
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;").replacing("'", with: "&#39;")
    }
}
