// A certified OpenID provider as the tenant: its keys are new at each start.
// Usage: node issuer.mjs PORT ALGORITHM...
import { generateKeyPairSync } from 'node:crypto';
import Provider from 'oidc-provider';

const [port, ...algorithms] = process.argv.slice(2);
const key = (...kind) => generateKeyPairSync(...kind).privateKey.export({ format: 'jwk' });
const keys = [
  key('rsa', { modulusLength: 2048 }),
  key('ec', { namedCurve: 'P-256' }),
  key('ec', { namedCurve: 'P-384' }),
  key('ed25519'),
];
const machine = (algorithm) => ({
  client_id: `machine-${algorithm}`,
  client_secret: 'secret-of-the-checks',
  grant_types: ['client_credentials'],
  redirect_uris: [],
  response_types: [],
});
const page = {
  client_id: 'page',
  application_type: 'native',
  token_endpoint_auth_method: 'none',
  grant_types: ['authorization_code'],
  response_types: ['code'],
  redirect_uris: ['http://127.0.0.1/callback'],
};

const provider = new Provider(`http://localhost:${port}`, {
  jwks: { keys },
  clients: [...algorithms.map(machine), page],
  cookies: { keys: ['of the checks'] },
  scopes: ['openid', 'message'],
  features: {
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: (_, resource, client) => ({
        scope: 'message',
        audience: resource,
        accessTokenFormat: 'jwt',
        jwt: { sign: { alg: client.clientId.split('-')[1] ?? 'RS256' } },
      }),
      // The token of the code is for the resource of the authorization request.
      useGrantedResource: () => true,
    },
  },
});
provider.listen(Number(port), '127.0.0.1', () => console.log('ready'));
