"""alipay-sdk-python, Alipay's own package, as a command: reads one JSON object from standard input, writes one to standard output.

{"do": "sign_notification", "private_key": PEM, "parameters": {...}}                       -> {"form": "..."}
    plays the gateway: signs a notification with the gateway's private key
{"do": "verify_notification", "public_key": PEM, "form": "..."}                            -> {"good": true}
    plays an application: checks a notification against the gateway's public key
{"do": "verify_requests", "public_key": PEM, "forms": ["..."]}                             -> {"good": [true]}
    plays the gateway: checks requests against the application's public key (here the kind of signature is signed)
{"do": "make_requests", "app_id": "...", "private_key": PEM, "contents": [["page_pay", {...}]]} -> {"forms": ["..."]}
    plays an application: makes requests to the gateway
"""

import json
import sys
from importlib import import_module
from urllib.parse import parse_qsl, urlencode

import rsa
from alipay.aop.api.AlipayClientConfig import AlipayClientConfig
from alipay.aop.api.DefaultAlipayClient import DefaultAlipayClient
from alipay.aop.api.util.SignatureUtils import get_sign_content, sign_with_rsa2, verify_with_rsa
from Crypto.PublicKey import RSA

REQUESTS = {
    "page_pay": "AlipayTradePagePayRequest",
    "wap_pay": "AlipayTradeWapPayRequest",
    "app_pay": "AlipayTradeAppPayRequest",
    "query": "AlipayTradeQueryRequest",
    "refund": "AlipayTradeRefundRequest",
}


def pkcs1(key):
    """The package reads private keys in PKCS#1 only."""
    return RSA.import_key(key).export_key(pkcs=1).decode().strip()


def decoded(form):
    return dict(parse_qsl(form, keep_blank_values=True, strict_parsing=True))


def is_good(public_key, values, signature):
    try:
        return verify_with_rsa(public_key.strip(), get_sign_content(values).encode(), signature)
    except rsa.VerificationError:
        # It never says no in another way.
        return False


def request_is_good(public_key, form):
    values = decoded(form)
    signature = values.pop("sign")
    return is_good(public_key, values, signature)


def make_request(client, kind, content):
    module = import_module("alipay.aop.api.request." + REQUESTS[kind])
    request = getattr(module, REQUESTS[kind])()
    request.biz_content = content
    return client.sdk_execute(request)


def main():
    order = json.load(sys.stdin)
    if order["do"] == "sign_notification":
        values = order["parameters"]
        signature = sign_with_rsa2(pkcs1(order["private_key"]), get_sign_content(values), "utf-8")
        answer = {"form": urlencode({**values, "sign_type": "RSA2", "sign": signature})}
    elif order["do"] == "verify_notification":
        values = decoded(order["form"])
        signature = values.pop("sign")
        values.pop("sign_type")
        answer = {"good": is_good(order["public_key"], values, signature)}
    elif order["do"] == "verify_requests":
        answer = {"good": [request_is_good(order["public_key"], form) for form in order["forms"]]}
    elif order["do"] == "make_requests":
        config = AlipayClientConfig()
        config.app_id = order["app_id"]
        config.app_private_key = pkcs1(order["private_key"])
        client = DefaultAlipayClient(config)
        answer = {"forms": [make_request(client, kind, content) for kind, content in order["contents"]]}
    else:
        sys.exit(f"unknown: {order['do']}")
    json.dump(answer, sys.stdout)


main()
