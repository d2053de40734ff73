"""Three libraries that make and read tokens, behind one face."""

import warnings

import joserfc.jwk
import joserfc.jwt
import jwt as pyjwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

# They warn of EdDSA, of `none` and of their own end; all of it is tried here on purpose.
warnings.simplefilter("ignore")
with warnings.catch_warnings(record=True):
    from authlib.jose import JsonWebKey, JsonWebToken


class PyJwt:
    name = "PyJWT"
    bad_signature, bad_audience = "InvalidSignatureError", "InvalidAudienceError"

    def key(self, kind):
        """A new private key and its public part as a JWK."""
        algorithms = pyjwt.algorithms
        if kind == "RSA":
            key, algorithm = rsa.generate_private_key(65537, 2048), algorithms.RSAAlgorithm
        elif kind == "Ed25519":
            key, algorithm = ed25519.Ed25519PrivateKey.generate(), algorithms.OKPAlgorithm
        else:
            curve = {"P-256": ec.SECP256R1, "P-384": ec.SECP384R1}[kind]
            key, algorithm = ec.generate_private_key(curve()), algorithms.ECAlgorithm
        return key, algorithm.to_jwk(key.public_key(), as_dict=True)

    def sign(self, algorithm, kid, claims, key):
        return pyjwt.encode(claims, key, algorithm=algorithm, headers={"kid": kid})

    def unsigned(self, kid, claims):
        return self.sign("none", kid, claims, None)

    def read(self, token, jwks_url, jwks, issuer, audience):
        """The claims of a right RS256 token; anything else raises."""
        key = pyjwt.PyJWKClient(jwks_url).get_signing_key_from_jwt(token)
        return pyjwt.decode(token, key, algorithms=["RS256"], issuer=issuer, audience=audience)


class Authlib:
    name = "Authlib"
    bad_signature, bad_audience = "BadSignatureError", "InvalidClaimError"

    def key(self, kind):
        kty = kind if kind == "RSA" else "OKP" if kind == "Ed25519" else "EC"
        size = 2048 if kind == "RSA" else kind
        key = JsonWebKey.generate_key(kty, size, is_private=True)
        return key, key.as_dict(is_private=False)

    def sign(self, algorithm, kid, claims, key):
        header = {"alg": algorithm, "kid": kid}
        return JsonWebToken([algorithm]).encode(header, claims, key).decode()

    def unsigned(self, kid, claims):
        return self.sign("none", kid, claims, "")

    def read(self, token, jwks_url, jwks, issuer, audience):
        wanted = {"iss": {"value": issuer}, "aud": {"value": audience}}
        for claim in wanted.values():
            claim["essential"] = True
        keys = JsonWebKey.import_key_set(jwks)
        claims = JsonWebToken(["RS256"]).decode(token, keys, claims_options=wanted)
        claims.validate()
        return claims


class Joserfc:
    name = "joserfc"
    bad_signature, bad_audience = "BadSignatureError", "InvalidClaimError"

    def key(self, kind):
        kty = kind if kind == "RSA" else "OKP" if kind == "Ed25519" else "EC"
        size = 2048 if kind == "RSA" else kind
        key = joserfc.jwk.JWKRegistry.generate_key(kty, size)
        return key, key.as_dict(private=False)

    def sign(self, algorithm, kid, claims, key):
        header = {"alg": algorithm, "kid": kid}
        return joserfc.jwt.encode(header, claims, key, algorithms=[algorithm])

    def unsigned(self, kid, claims):
        return self.sign("none", kid, claims, joserfc.jwk.OctKey.import_key("none"))

    def read(self, token, jwks_url, jwks, issuer, audience):
        keys = joserfc.jwk.KeySet.import_key_set(jwks)
        claims = joserfc.jwt.decode(token, keys, algorithms=["RS256"]).claims
        joserfc.jwt.JWTClaimsRegistry(
            iss={"essential": True, "value": issuer}, aud={"essential": True, "value": audience}
        ).validate(claims)
        return claims


HANDS = [PyJwt(), Authlib(), Joserfc()]
