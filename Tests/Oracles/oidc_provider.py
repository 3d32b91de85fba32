"""oidc-provider-mock as a server: writes its port as one line to standard output and serves until standard input ends.

What it lacks is added: PKCE (RFC 7636, S256 only), and a way to make it misbehave.

POST /test/knobs {"claims": {...}, "remove": ["nonce"], "alg": "RS256", "key": "own", "header": {...}, "names_itself": false}
    from then on ID tokens have these claims, lack those, and are signed this way: alg also "none" and "HS256", key also "other", the header with
    these members;
    names_itself: whether the discovery document promises the parameter iss of RFC 9207
"""

import base64
import hashlib
import hmac
import json
import os
import sys
import threading
import warnings

os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"
warnings.simplefilter("ignore")

import flask
import oidc_provider_mock
import werkzeug.serving
from authlib import jose
from urllib.parse import parse_qs, urlsplit

knobs = {}
challenges = {}
other_key = jose.RSAKey.generate_key(is_private=True)
app = oidc_provider_mock.app()


def base64url(octets):
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def signed(claims):
    alg = knobs.get("alg", "RS256")
    if alg in ("none", "HS256"):
        text = base64url(json.dumps({"alg": alg}).encode()) + "." + base64url(json.dumps(claims).encode())
        # As if the public key were a shared secret.
        public = flask.g.oidc_provider_mock_storage.jwk.as_pem(is_private=False)
        signature = b"" if alg == "none" else hmac.new(public, text.encode(), hashlib.sha256).digest()
        return text + "." + base64url(signature)
    own = flask.g.oidc_provider_mock_storage.jwk
    header = {"alg": alg, "kid": own.thumbprint(), **knobs.get("header", {})}
    return jose.jwt.encode(header, claims, other_key if knobs.get("key") == "other" else own).decode()


@app.post("/test/knobs")
def turn():
    knobs.clear()
    knobs.update(flask.request.get_json())
    return "", 204


@app.before_request
def check_verifier():
    if flask.request.path != "/oauth2/token":
        return None
    verifier = flask.request.form.get("code_verifier", "")
    challenge = challenges.get(flask.request.form.get("code"))
    if challenge is None or challenge != base64url(hashlib.sha256(verifier.encode()).digest()):
        return flask.jsonify({"error": "invalid_grant", "error_description": "code_verifier"}), 400
    return None


@app.after_request
def change(response):
    path, location = flask.request.path, response.headers.get("Location", "")
    if path == "/oauth2/authorize" and "code=" in location:
        assert flask.request.args["code_challenge_method"] == "S256"
        challenges[parse_qs(urlsplit(location).query)["code"][0]] = flask.request.args["code_challenge"]
    if path == "/oauth2/token" and response.status_code == 200:
        answer = response.get_json()
        claims = dict(jose.jwt.decode(answer["id_token"], flask.g.oidc_provider_mock_storage.jwk))
        claims.update(knobs.get("claims", {}))
        for name in knobs.get("remove", []):
            claims.pop(name, None)
        answer["id_token"] = signed(claims)
        response.set_data(json.dumps(answer))
    if path == "/.well-known/openid-configuration":
        answer = response.get_json()
        answer["code_challenge_methods_supported"] = ["S256"]
        answer["authorization_response_iss_parameter_supported"] = bool(knobs.get("names_itself"))
        response.set_data(json.dumps(answer))
    return response


server = werkzeug.serving.make_server("127.0.0.1", 0, app, threaded=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_port, flush=True)
sys.stdin.read()
