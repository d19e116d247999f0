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

It returns the state of every service and its plan, and takes requests. It writes a request as [tags](tags.md) of the service and
enqueues a reconciliation; there is no second way to attach or detach. [openapi.json](openapi.json) is the document for programs (OpenAPI
3.1). Errors are problem details, listed in [api-errors.md](api-errors.md). The command line ([cli.md](cli.md)) uses this API too.

The stack's output \`ApiUrl\` is its address. Every request is signed by AWS's Signature Version 4 for the service
\`execute-api\`, which curl and every AWS SDK can do. The stack has two managed policies to attach to callers:
\`<stack>-api-read\` (output \`ApiReadPolicyArn\`) and \`<stack>-api-change\` (\`ApiChangePolicyArn\`); neither includes the other.
The timeline of the service records who asked for what and when (the last fifty requests), and so does the log group of the API.

## Routes

${table(
  ['route', 'policy', 'purpose'],
  Object.values<Route>(routes).map(({ method, path, access, summary }) => [`\`${method} ${path}\``, access, summary]),
)}

\`HEAD\` answers as \`GET\` without a body, \`OPTIONS\` with the methods in \`Allow\`. There is no CORS.

### Lists

Filters are query parameters, which are combined by "and": ${names(serviceQuery.shape)} of services, ${names(findingQuery.shape)}
of findings. A page has \`limit\` items at most (default 50, maximum 100). If there are more, the answer has \`next\`; send it as
\`cursor\` with the same filters. A page may have fewer items, even none, and still have a \`next\`.

### Changes

\`attach\` takes ${names(attachRequest.shape)}, all optional. A given member is written, a missing one stays as it is, and \`null\` or
\`[]\` removes it. Names are checked against the allowed names before anything is written, and a request that the policy overrules is
refused. \`adopt\` takes \`domains\`; the other changes take no body.

A change is answered at once with 202: the tags that were written, and in \`watch\` (and the header \`Location\`) the path of the
service. The same request again writes nothing, and enqueues a reconciliation.

### Sweeps

\`POST /sweeps\` starts a comparison of everything with the policy ([sweep.md](sweep.md)) and answers at once with 202 and the path of the
sweep. \`POST /sweeps/{id}/confirm\` confirms a held sweep. What the latest sweep found beside the services, such as an account that
could not be read, is among the findings (\`source: sweep\`).

## By curl

Printed against the embedded cloud (\`npm start\`, after \`hello\` is ready), which takes any key; \`ask\` signs. On AWS, with the keys of a
role that has the policies, use \`--user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" -H "x-amz-security-token: $AWS_SESSION_TOKEN"\`.

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
  "text": "requested attach: private-ingress:domains=hello.example.com www.example.com",
  "by": "arn:aws:iam::123456789012:root"
}

$ ask -d '{"domain":"hello.example.com"}' http://127.0.0.1:3000$service/attach
{"type":"urn:apprunner-private-ingress:problem:body-invalid","title":"Invalid request body","status":422,
"detail":"#/domain: is not known here; there are domains, vpc, endpoint, strategy, zones",
"instance":"urn:request:BHSAKNSVRAAQ3DD=","remedy":"Correct the members that errors names. docs/openapi.json has the schema of every body.",
"errors":[{"pointer":"#/domain","detail":"is not known here; there are domains, vpc, endpoint, strategy, zones"}]}
\`\`\`

For a role that has \`…-api-read\` alone, API Gateway refuses a change before it reaches the function:

\`\`\`console
$ ask -X POST http://127.0.0.1:3000$service/detach
{"message":"Forbidden"}
\`\`\`

## What the function may do

The function may read what reconciliation reads. It may write only tags of services whose keys begin with \`private-ingress\`; in a
member account it uses the role \`<stack>-tag\` ([organization.md](organization.md)). It may invoke the functions \`sweep\` and \`report\`, and the probes.
It takes no lease and executes no plan.
`;
  return { path: 'docs/api.md', content };
}

const names = (shape: Readonly<Record<string, unknown>>): string =>
  Object.keys(shape)
    .filter((name) => name !== 'limit' && name !== 'cursor')
    .map((name) => `\`${name}\``)
    .join(', ');
