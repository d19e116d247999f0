import { attachRequest, findingQuery, serviceQuery } from '../../shared/api/requests.ts';
import type { Route } from '../../shared/api/route.ts';
import { routes } from '../../shared/api/routes.ts';
import type { GeneratedDocument } from './document.ts';
import { table } from './table.ts';

const SERVICE = '/services/123456789012/ap-northeast-1/hello/dca14343b7619c48b6def9b09d44da75';

/** `docs/api.md`, from the routes and schemas of `shared/api/`. */
export function apiDocument(): GeneratedDocument {
  const content = `<!-- Generated from shared/api/ by "npm run docs". -->
# HTTP API

What is known of every service, what would be done, and what people ask for by hand. What is asked for is written as the
service's [tags](tags.md), the loop is woken, and everything else follows as ever: there is no second way. The document for
programs is [openapi.json](openapi.json) (OpenAPI 3.1); errors are problem details, all of them in
[api-errors.md](api-errors.md). The command line ([cli.md](cli.md)) asks this API too.

The stack's output \`ApiUrl\` says where it is. Every request is signed by AWS's Signature Version 4 for the service
\`execute-api\`, which curl and every AWS SDK can do. Two managed policies come with the stack, for whoever is to have them:
\`<stack>-api-read\` (output \`ApiReadPolicyArn\`) and \`<stack>-api-change\` (\`ApiChangePolicyArn\`); neither holds the other.
Who asked, for what and when is in the timeline of the service (the last fifty requests), and in the log group of the API.

## Routes

${table(
  ['route', 'policy', 'what it is for'],
  Object.values<Route>(routes).map(({ method, path, access, summary }) => [`\`${method} ${path}\``, access, summary]),
)}

\`HEAD\` answers as \`GET\` without a body, \`OPTIONS\` with the methods in \`Allow\`. There is no CORS.

### Lists

Filters are query parameters, all of which have to hold: ${names(serviceQuery.shape)} of services, ${names(findingQuery.shape)}
of findings. A page has \`limit\` items at most (50 unless told, 100 at most). While there is more, the answer has \`next\`, to be
given as \`cursor\` with the same filters; a page may have fewer items, even none, while there is a next one.

### Changes

\`attach\` takes ${names(attachRequest.shape)}, each of which may be left out: what is given is written, what is not given stays
as it is, \`null\` or \`[]\` takes it away. Names are checked against what is allowed before anything is written, and what the
policy would not follow is refused. \`adopt\` takes \`domains\`; the others take nothing.

A change is answered at once with 202: the tags that were written, and in \`watch\` (and the header \`Location\`) the path at
which to see what comes of it. Asking again for the same writes nothing, and wakes the loop.

### Sweeps

\`POST /sweeps\` begins a comparison of everything with the policy ([sweep.md](sweep.md)) and answers at once with 202 and where
to look; \`POST /sweeps/{id}/confirm\` lets one go on that is held. What the latest sweep found beside the services, such as an
account that could not be looked at, is among the findings (\`source: sweep\`).

## By curl

As it was printed against the embedded cloud (\`npm start\`, once \`hello\` is ready), where any key will do; \`ask\` signs. On AWS, with the keys of a role that has
the policies, it is \`--user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" -H "x-amz-security-token: $AWS_SESSION_TOKEN"\`.

\`\`\`console
$ ask() { curl -s --aws-sigv4 aws:amz:ap-northeast-1:execute-api --user me:me -H 'content-type: application/json' "$@"; }
$ service=$(ask http://127.0.0.1:3000/services | jq -r '.services[] | select(.name == "hello") | "/services/\\(.account)/\\(.region)/\\(.name)/\\(.id)"')

$ ask -d '{"domains":["hello.example.com","www.example.com"]}' http://127.0.0.1:3000$service/attach
{"service":"arn:aws:apprunner:ap-northeast-1:123456789012:service/hello/dca14343b7619c48b6def9b09d44da75","asked":"attach",
"tags":{"set":{"private-ingress:domains":"hello.example.com www.example.com"},"removed":[]},
"watch":"${SERVICE}"}

$ ask http://127.0.0.1:3000$service | jq '.phase, .proof.kind, (.timeline[] | select(.by))'
"ready"
"verified"
{
  "at": "2026-11-25T21:28:28.925Z",
  "text": "asked to attach: private-ingress:domains=hello.example.com www.example.com",
  "by": "arn:aws:iam::123456789012:root"
}

$ ask -d '{"domain":"hello.example.com"}' http://127.0.0.1:3000$service/attach
{"type":"urn:apprunner-private-ingress:problem:body-invalid","title":"The body is not what the route takes","status":422,
"detail":"#/domain: is not known here; there are domains, vpc, endpoint, strategy, zones",
"instance":"urn:request:BHSAKNSVRAAQ3DD=","remedy":"Correct what is named in errors. docs/openapi.json says what every body has to look like.",
"errors":[{"pointer":"#/domain","detail":"is not known here; there are domains, vpc, endpoint, strategy, zones"}]}
\`\`\`

By a role that has \`…-api-read\` alone, a change ends at API Gateway, before the function:

\`\`\`console
$ ask -X POST http://127.0.0.1:3000$service/detach
{"message":"Forbidden"}
\`\`\`

## What it may do itself

The function reads what the loop reads. Of AWS it writes nothing but tags of services, and of those only keys that begin with
\`private-ingress\`: its role allows no other. Sweeps are begun by the function \`sweep\`, the only one it may invoke beside probes. In a member account it does so by the role \`<stack>-tag\`
([organization.md](organization.md)). It holds no lease and changes no plan.
`;
  return { path: 'docs/api.md', content };
}

const names = (shape: Readonly<Record<string, unknown>>): string =>
  Object.keys(shape)
    .filter((name) => name !== 'limit' && name !== 'cursor')
    .map((name) => `\`${name}\``)
    .join(', ');
