"""python-alipay-sdk as a command: reads one JSON object from standard input, writes one to standard output.

{"do": "sign_notification", "private_key": PEM, "public_key": PEM, "parameters": {...}}   -> {"form": "..."}
    plays the gateway: signs a notification with the gateway's private key
{"do": "verify_notification", "public_key": PEM, "private_key": PEM, "form": "..."}       -> {"good": true}
    plays an application: checks a notification against the gateway's public key
{"do": "verify_requests", "public_key": PEM, "private_key": PEM, "forms": ["..."]}        -> {"good": [true]}
    plays the gateway: checks requests against the application's public key (here the kind of signature is signed)
{"do": "query", "app_id": "...", "private_key": PEM, "public_key": PEM, "gateway": URL, "out_trade_no": "..."} -> {"answer": {...}}
    plays an application: asks a gateway over HTTP, and believes the answer only if its signature is good;
    in certificate mode when there are "app_certificate", "alipay_certificate" and "root_certificate"
{"do": "certificate_numbers", "certificate": PEM, "roots": PEM}                           -> {"sn": "...", "root_sn": "..."}
"""

import json
import sys
from urllib.parse import parse_qsl

from alipay import AliPay, DCAliPay


def request_is_good(party, form):
    values = dict(parse_qsl(form, keep_blank_values=True, strict_parsing=True))
    signature = values.pop("sign")
    # Not verify(): that leaves the kind of signature out.
    return party._verify("&".join(f"{name}={value}" for name, value in sorted(values.items())), signature)


def party_of(order):
    if order.get("alipay_certificate"):
        return DCAliPay(
            appid=order["app_id"],
            app_private_key_string=order["private_key"],
            app_public_key_cert_string=order["app_certificate"],
            alipay_public_key_cert_string=order["alipay_certificate"],
            alipay_root_cert_string=order["root_certificate"],
            sign_type="RSA2",
        )
    return AliPay(
        appid=order.get("app_id", "2021000000000001"),
        app_private_key_string=order["private_key"],
        alipay_public_key_string=order["public_key"],
        sign_type="RSA2",
    )


def main():
    order = json.load(sys.stdin)
    if order["do"] == "certificate_numbers":
        answer = {"sn": DCAliPay.get_cert_sn(order["certificate"]), "root_sn": DCAliPay.get_root_cert_sn(order["roots"])}
        json.dump(answer, sys.stdout)
        return
    party = party_of(order)
    if order["do"] == "sign_notification":
        # The library signs every key that it is given; the kind of signature is not signed in a notification.
        answer = {"form": party.sign_data(dict(order["parameters"])) + "&sign_type=RSA2"}
    elif order["do"] == "verify_notification":
        values = dict(parse_qsl(order["form"], keep_blank_values=True, strict_parsing=True))
        signature = values.pop("sign")
        answer = {"good": party.verify(values, signature)}
    elif order["do"] == "verify_requests":
        answer = {"good": [request_is_good(party, form) for form in order["forms"]]}
    elif order["do"] == "query":
        party._gateway = order["gateway"]
        answer = {"answer": party.api_alipay_trade_query(out_trade_no=order["out_trade_no"])}
    else:
        sys.exit(f"unknown: {order['do']}")
    json.dump(answer, sys.stdout)


main()
