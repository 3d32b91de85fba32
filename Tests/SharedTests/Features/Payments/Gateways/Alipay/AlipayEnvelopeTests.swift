import Foundation
import Shared
import Testing

@Suite("The gateway's signed answers")
struct AlipayEnvelopeTests {
    @Test(
        "The content is cut out byte for byte, whatever its strings hold",
        arguments: [
            #"{"code":"10000"}"#,
            #"{"code":"10000","subject":"a } b { c \" d \\","nested":{"list":[{"a":"]"},2,null,true]}}"#,
            #"{ "code" : "10000" , "url":"http:\/\/example.com\/" }"#,
            #"{"code":"10000","subject":"电影 \u7535 🎬"}"#,
            "{}",
        ])
    func content(content: String) throws {
        for body in [
            #"{"alipay_trade_query_response":\#(content),"sign":"abc\/+="}"#,
            #"{"sign":"abc\/+=","alipay_trade_query_response":\#(content)}"#,
            "\n { \"alipay_cert_sn\" : 12 , \"alipay_trade_query_response\" : \(content) ,\t\"sign\" : \"abc/+=\" } \n",
            #"{"error_response":\#(content),"sign":"abc/+="}"#,
        ] {
            let envelope = try AlipayEnvelope(Array(body.utf8), interface: "alipay.trade.query")
            #expect(String(decoding: envelope.content, as: UTF8.self) == content)
            #expect(envelope.signature == "abc/+=")
        }
    }

    @Test(
        "Anything else is not believed",
        arguments: [
            "", "{}", "[]", "null", "<html>", #"{"alipay_trade_query_response":{"code":"10000"}}"#, #"{"sign":"abc"}"#,
            #"{"alipay_trade_close_response":{"code":"10000"},"sign":"abc"}"#,
            #"{"alipay_trade_query_response":{"code":"10000"},"sign":"abc""#,
            #"{"alipay_trade_query_response":{"code":"10000"},"sign":"abc"}{}"#,
            #"{"alipay_trade_query_response":{"code":"1"},"alipay_trade_query_response":{"code":"10000"},"sign":"abc"}"#,
            #"{"alipay_trade_query_response":{"code":"1"},"error_response":{"code":"10000"},"sign":"abc"}"#,
            #"{"alipay_trade_query_response":{"code":"1"},"sign":"abc","sign":"def"}"#,
            #"{"alipay_trade_query_response":"text","sign":"abc"}"#,
            #"{"alipay_trade_query_response":{"code":"10000"},"sign":12}"#,
            #"{"alipay_trade_query_response":{"code":"10000,"sign":"abc"}"#,
            #"{"alipay_trade_query_response":{"code":{{{{,"sign":"abc"}"#,
            #"{"a":"\"#,
        ])
    func notBelieved(body: String) {
        #expect(throws: GatewayFailure.self) { try AlipayEnvelope(Array(body.utf8), interface: "alipay.trade.query") }
    }
}
