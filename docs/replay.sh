#!/usr/bin/env bash
# Situations in the life of a service, driven by hand with the AWS CLI and dig against a running embedded cloud.
# What the commands below print is recorded in replay.md.
# shellcheck disable=SC2016,SC2034  # Commands are kept as they are typed, and evaluated after they are shown.
set -euo pipefail
shopt -s extglob

AWS_ENDPOINT_URL=${AWS_ENDPOINT_URL:-http://127.0.0.1:4566}
PUBLIC_DNS_PORT=${PUBLIC_DNS_PORT:-1053}
DNS_PORT=${DNS_PORT:-1054}
TIMEOUT=${TIMEOUT:-40}

# The reader's own keys and settings must not interfere.
unset AWS_PROFILE AWS_DEFAULT_PROFILE AWS_SESSION_TOKEN AWS_CA_BUNDLE
export AWS_ACCESS_KEY_ID=replay AWS_SECRET_ACCESS_KEY=replay AWS_REGION=ap-northeast-1 AWS_DEFAULT_REGION=ap-northeast-1
export AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null AWS_PAGER='' AWS_EC2_METADATA_DISABLED=true

ABOUT='Plays situations in the life of a service against a running embedded cloud, with nothing but the AWS CLI and dig: all
of them in order, which takes about a quarter of an hour, or those whose numbers are given.'

help() {
  cat <<HELP
docs/${0##*/} [--list | --help | NUMBER …]

$ABOUT
Each ends by removing every service named replay-*, so play them in one terminal at a time. Start the cloud first, in
another terminal:

  npm start -- --idle

Exit code 0 if everything was as expected, 1 if not, 2 if it could not begin.

Environment
  AWS_ENDPOINT_URL   where the cloud listens (http://127.0.0.1:4566)
  DNS_PORT           port of the DNS inside the VPC (1054)
  PUBLIC_DNS_PORT    port of the public DNS (1053)
  TIMEOUT            seconds to wait for an expected result (40)
  NO_COLOR           no colours
HELP
}

# ---- Output --------------------------------------------------------------------------------------------------------

bold='' faint='' green='' red='' plain=''
if [[ -t 1 && -z ${NO_COLOR:-} ]]; then
  bold=$'\e[1m' faint=$'\e[2m' green=$'\e[32m' red=$'\e[31m' plain=$'\e[0m'
fi

aws() { command aws --endpoint-url "$AWS_ENDPOINT_URL" "$@"; }

typed() { printf '%s$ %s%s\n' "$bold" "$1" "$plain"; }

printed() { printf '%s\n' "${1:-(nothing)}"; }

good() { printf '%s✓ %s%s\n' "$green" "$1" "$plain"; }

# Ends the situation: later steps would prove nothing.
bad() {
  printf '%s✗ %s%s\n' "$red" "$1" "$plain"
  exit 1
}

# run COMMAND: it has to succeed.
run() {
  typed "$1"
  eval "$1" || bad 'This command should succeed.'
}

# refused CODE COMMAND EXPECTATION: it has to fail, with that code.
refused() {
  local output
  typed "$2"
  if output=$(eval "$2" 2>&1); then
    printed "$output"
    bad "$3"
  fi
  printed "${output#$'\n'}"
  [[ $output == *"($1)"* ]] && good "$3" || bad "$3 (expected: $1)"
}

# shows PATTERN COMMAND EXPECTATION: repeats the command until its output matches.
shows() {
  local output since=$SECONDS announced=''
  typed "$2"
  until
    output=$(eval "$2" 2>&1) || true
    # shellcheck disable=SC2053  # It is a pattern.
    [[ $output == $1 ]]
  do
    if ((SECONDS - since >= TIMEOUT)); then
      printed "$output"
      bad "$3 (not within $TIMEOUT s; expected: ${1:-nothing})"
    fi
    [[ -n $announced ]] || printf '%s… waiting for at most %s s until: %s%s\n' "$faint" "$TIMEOUT" "$3" "$plain"
    announced=yes
    sleep 0.3
  done
  printed "$output"
  [[ -n $announced ]] && good "$3 (after $((SECONDS - since)) s)" || good "$3"
}

# keeps SECONDS PATTERN COMMAND EXPECTATION: repeats the command; its output matches every time.
keeps() {
  local output since=$SECONDS
  typed "$3"
  printf '%s… watching for %s s: %s%s\n' "$faint" "$1" "$4" "$plain"
  while
    output=$(eval "$3" 2>&1) || true
    # shellcheck disable=SC2053  # It is a pattern.
    [[ $output == $2 ]] || {
      printed "$output"
      bad "$4 (expected: ${2:-nothing})"
    }
    ((SECONDS - since < $1))
  do sleep 1; done
  printed "$output"
  good "$4"
}

# Seconds, enough for two sweeps of the embedded cloud: by then an unwanted change would have happened.
SWEEPS=12

# ---- Typed once, before anything else ------------------------------------------------------------------------------

ADDRESSES=$'10.0.21.218\n10.0.22.10'

preamble() {
  run "export AWS_ENDPOINT_URL=$AWS_ENDPOINT_URL DNS_PORT=$DNS_PORT PUBLIC_DNS_PORT=$PUBLIC_DNS_PORT"
  run 'export AWS_REGION=ap-northeast-1 AWS_ACCESS_KEY_ID=replay AWS_SECRET_ACCESS_KEY=replay'
  run $'zone() { aws route53 list-hosted-zones --query "HostedZones[?Name==\'example.com.\' && Config.PrivateZone==\\`$1\\`].Id | [0]" --output text; }'
  run 'private_zone=$(zone true) public_zone=$(zone false) && echo "$private_zone $public_zone"'
  run $'image=\'{"ImageRepository":{"ImageIdentifier":"public.ecr.aws/aws-containers/hello-app-runner:latest","ImageRepositoryType":"ECR_PUBLIC"}}\''
  run 'row() { aws dynamodb get-item --table-name apprunner-private-ingress-main-services --key "{\"serviceArn\":{\"S\":\"$service\"}}" --query "Item.$1" --output text; }'
  run 'tag() { aws apprunner tag-resource --resource-arn "$service" --tags "$@"; }'
  run 'untag() { aws apprunner untag-resource --resource-arn "$service" --tag-keys "$@"; }'
  run 'is_public() { aws apprunner describe-service --service-arn "$service" --query Service.NetworkConfiguration.IngressConfiguration.IsPubliclyAccessible --output text; }'
  run 'status() { aws apprunner describe-service --service-arn "$service" --query Service.Status --output text; }'
  run 'connections() { aws apprunner list-vpc-ingress-connections --filter ServiceArn="$service" --query "VpcIngressConnectionSummaryList[].VpcIngressConnectionArn" --output text; }'
  run 'certificates() { aws apprunner describe-custom-domains --service-arn "$service" --query "CustomDomains[].DomainName" --output text; }'
  run $'record() { aws route53 list-resource-record-sets --hosted-zone-id "$1" --query "ResourceRecordSets[?Name==\'$2.\' && Type==\'$3\'] | [0]" --output json; }'
  run $'records() { for zone in "$private_zone" "$public_zone"; do aws route53 list-resource-record-sets --hosted-zone-id "$zone" --query "ResourceRecordSets[?contains(Name, \'$1\')].[Type, Name]" --output text; done; }'
  run 'change() { aws route53 change-resource-record-sets --hosted-zone-id "$1" --change-batch "{\"Changes\":[{\"Action\":\"$2\",\"ResourceRecordSet\":$3}]}" --query ChangeInfo.Status --output text; }'
  run 'inside() { dig @127.0.0.1 -p "$DNS_PORT" +short "$@" | sort; }'
  run 'outside() { dig @127.0.0.1 -p "$PUBLIC_DNS_PORT" +short "$@" | sort; }'
}

CODES='findings.L[].M.code.S'
PHASE='row phase.S'

# create NAME [DOMAINS]: with domains, the service is tagged.
create() {
  local tags=${2:+" --tags Key=private-ingress,Value=enabled \"Key=private-ingress:domains,Value=$2\""}
  run "service=\$(aws apprunner create-service --service-name replay-$1 --source-configuration \"\$image\"$tags --query Service.ServiceArn --output text) && echo \"\$service\""
}

becomes_ready() { shows 'ready*' "$PHASE" 'it is ready'; }
works() { shows "$ADDRESSES" "inside $1" "$1 answers with the endpoint’s addresses"; }
silent() { shows '' "inside $1" "$1 no longer answers"; }
found() { shows "*$1*" "row '$CODES'" "the finding $1 is open"; }
closed() { shows '' "row '$CODES'" 'no finding is open'; }
why() { run "row 'findings.L[].M.[message.S, remedy.S]'"; }

ready_service() {
  create "$1" "$2"
  becomes_ready
}

# ---- The situations ------------------------------------------------------------------------------------------------

situations=(
  'new_service|Coming: a new service, tagged from the start'
  'public_service|Coming: the tag on an existing public service'
  'second_domain|Coming: a second domain, while the first one is attached'
  'wildcard|Coming: a wildcard'
  'apex|Coming: the apex of the zone'
  'not_allowed|Coming: a name that is not allowed beside one that is'
  'invalid|Coming: an invalid name beside a valid one'
  'too_many|Coming: six domains'
  'unknown_value|Coming: an unknown value of the tag'
  'wrong_vpc|Coming: a VPC that does not exist'
  'caa|Coming: a CAA record forbids Amazon to issue the certificate'
  'foreign_record|Coming: the name has a foreign record, which is adopted'
  'weighted_record|Coming: the name has weighted records'
  'two_services|Coming: two services claim one name'
  'alias_deleted|Staying: the alias deleted by hand'
  'alias_changed|Staying: the alias changed by hand'
  'contested|Staying: the alias deleted again and again'
  'validation_deleted|Staying: the validation record deleted'
  'ownership_deleted|Staying: the ownership TXT deleted'
  'ownership_lost|Staying: the ownership TXT deleted, and the record changed'
  'connection_deleted|Staying: the VPC ingress connection deleted'
  'made_public|Staying: the service made public, with an outbound connector'
  'paused|Staying: the service paused and resumed'
  'endpoint_closed|Staying: the endpoint’s security group closed'
  'domain_removed|Going: one of two domains removed from the tag'
  'disabled|Going: disabled'
  'tag_back|Going: the tag removed, and put back in time'
  'tag_gone|Going: the tag removed for good'
  'released|Going: released'
  'record_left|Going: a record that its new owner has changed'
  'service_deleted|Going: the service deleted'
)

new_service() {
  create new shop.replay.example.com
  becomes_ready
  run "row 'timeline.L[].M.text.S' | tr '\t' '\n'"
  works shop.replay.example.com
  shows '' 'outside shop.replay.example.com' 'outside the VPC it does not answer'
  shows False is_public 'the service is private'
}

public_service() {
  create public
  shows RUNNING status 'it runs'
  shows True is_public 'it is public'
  shows None "$PHASE" 'it has no row: it is not managed'
  run 'tag Key=private-ingress,Value=enabled Key=private-ingress:domains,Value=old.replay.example.com'
  becomes_ready
  works old.replay.example.com
  shows False is_public 'it is private'
}

second_domain() {
  create second one.replay.example.com
  shows '@(waiting|attaching)*' "$PHASE" 'it is being attached'
  run 'tag "Key=private-ingress:domains,Value=one.replay.example.com two.replay.example.com"'
  works two.replay.example.com
  works one.replay.example.com
  becomes_ready
}

wildcard() {
  ready_service wildcard _wildcard.example.com
  works anything.example.com
  shows '"v=1 owner=*"' 'inside _private-ingress._wildcard.example.com TXT' 'the record is owned'
}

apex() {
  ready_service apex example.com
  works example.com
}

not_allowed() {
  create allowed 'shop.replay.example.org good.replay.example.com'
  found domain-not-allowed
  why
  works good.replay.example.com
  shows blocked "$PHASE" 'a person is needed'
  run 'tag Key=private-ingress:domains,Value=good.replay.example.com'
  closed
  becomes_ready
}

invalid() {
  create invalid 'shop..replay.example.com fine.replay.example.com'
  found domain-invalid
  why
  works fine.replay.example.com
  run 'tag Key=private-ingress:domains,Value=fine.replay.example.com'
  closed
  becomes_ready
}

too_many() {
  create many 'a.replay.example.com b.replay.example.com c.replay.example.com d.replay.example.com e.replay.example.com f.replay.example.com'
  found domains-too-many
  why
  works e.replay.example.com
  shows '' 'inside f.replay.example.com' 'the sixth does not answer'
  run 'tag "Key=private-ingress:domains,Value=a.replay.example.com b.replay.example.com"'
  closed
  becomes_ready
  silent e.replay.example.com
}

unknown_value() {
  create unknown
  run 'tag Key=private-ingress,Value=yes Key=private-ingress:domains,Value=yes.replay.example.com'
  found tag-value-unknown
  why
  shows True is_public 'the service is as it was'
  run 'tag Key=private-ingress,Value=enabled'
  closed
  becomes_ready
}

wrong_vpc() {
  create vpc
  run 'tag Key=private-ingress,Value=enabled Key=private-ingress:domains,Value=vpc.replay.example.com Key=private-ingress:vpc,Value=vpc-00000000000000000'
  found vpc-not-found
  why
  shows True is_public 'the service is as it was'
  run 'untag private-ingress:vpc'
  closed
  becomes_ready
}

caa() {
  run $'change "$public_zone" CREATE \'{"Name":"caa.replay.example.com","Type":"CAA","TTL":60,"ResourceRecords":[{"Value":"0 issue \\"letsencrypt.org\\""}]}\''
  create caa caa.replay.example.com
  found caa-forbids
  why
  shows '' certificates 'no certificate is requested'
  run $'change "$public_zone" UPSERT \'{"Name":"caa.replay.example.com","Type":"CAA","TTL":60,"ResourceRecords":[{"Value":"0 issue \\"letsencrypt.org\\""},{"Value":"0 issue \\"amazon.com\\""}]}\''
  becomes_ready
  closed
  works caa.replay.example.com
}

foreign_record() {
  run $'change "$private_zone" CREATE \'{"Name":"theirs.replay.example.com","Type":"CNAME","TTL":60,"ResourceRecords":[{"Value":"old.example.net"}]}\''
  create foreign theirs.replay.example.com
  found record-foreign
  why
  keeps "$SWEEPS" 'old.example.net.' 'inside theirs.replay.example.com CNAME' 'the foreign record stays'
  run 'tag Key=private-ingress:adopt,Value=theirs.replay.example.com'
  works theirs.replay.example.com
  becomes_ready
  closed
  shows '' $'aws apprunner list-tags-for-resource --resource-arn "$service" --query "Tags[?Key==\'private-ingress:adopt\'].Value" --output text' 'the tag that asked for it is removed'
}

weighted_record() {
  run $'change "$private_zone" CREATE \'{"Name":"weighted.replay.example.com","Type":"A","SetIdentifier":"new","Weight":10,"TTL":60,"ResourceRecords":[{"Value":"192.0.2.7"}]}\''
  create weighted weighted.replay.example.com
  found record-foreign
  why
  run 'tag Key=private-ingress:adopt,Value=weighted.replay.example.com'
  keeps "$SWEEPS" 192.0.2.7 'inside weighted.replay.example.com' 'it stays even when adoption is requested'
  run 'change "$private_zone" DELETE "$(record "$private_zone" weighted.replay.example.com A)"'
  works weighted.replay.example.com
  becomes_ready
  closed
}

two_services() {
  ready_service first name.replay.example.com
  run 'first=$service'
  create other name.replay.example.com
  found domain-held
  why
  works name.replay.example.com
  run 'second=$service service=$first'
  becomes_ready
  run 'tag Key=private-ingress,Value=disabled'
  shows detached "$PHASE" 'the first service gives the name up'
  run 'service=$second'
  becomes_ready
  closed
  works name.replay.example.com
}

alias_deleted() {
  ready_service deleted deleted.replay.example.com
  run 'change "$private_zone" DELETE "$(record "$private_zone" deleted.replay.example.com A)"'
  works deleted.replay.example.com
  run "row 'timeline.L[-2:].M.text.S' | tr '\t' '\n'"
  becomes_ready
}

alias_changed() {
  ready_service changed changed.replay.example.com
  run $'change "$private_zone" UPSERT \'{"Name":"changed.replay.example.com","Type":"A","TTL":60,"ResourceRecords":[{"Value":"192.0.2.1"}]}\''
  works changed.replay.example.com
  run "row 'timeline.L[-2:].M.text.S' | tr '\t' '\n'"
  becomes_ready
}

contested() {
  ready_service contested contested.replay.example.com
  for _ in 1 2; do
    run 'change "$private_zone" DELETE "$(record "$private_zone" contested.replay.example.com A)"'
    works contested.replay.example.com
    becomes_ready
  done
  run 'change "$private_zone" DELETE "$(record "$private_zone" contested.replay.example.com A)"'
  found contested
  why
  keeps "$SWEEPS" '' 'inside contested.replay.example.com' 'it is not repaired a third time within 24 hours'
}

validation_deleted() {
  ready_service validation validation.replay.example.com
  run 'name=$(aws apprunner describe-custom-domains --service-arn "$service" --query "CustomDomains[0].CertificateValidationRecords[0].Name" --output text) && echo "$name"'
  run 'change "$public_zone" DELETE "$(record "$public_zone" "${name%.}" CNAME)"'
  shows '*.acm-validations.aws.' 'outside "$name" CNAME' 'it is restored, so that the certificate can be renewed'
  becomes_ready
}

ownership_deleted() {
  ready_service owned owned.replay.example.com
  run 'change "$private_zone" DELETE "$(record "$private_zone" _private-ingress.owned.replay.example.com TXT)"'
  shows '"v=1 owner=*"' 'inside _private-ingress.owned.replay.example.com TXT' 'it is restored: the record is what the ledger says'
  becomes_ready
}

ownership_lost() {
  ready_service lost lost.replay.example.com
  run 'aws route53 change-resource-record-sets --hosted-zone-id "$private_zone" --query ChangeInfo.Status --output text --change-batch "{\"Changes\":[
    {\"Action\":\"DELETE\",\"ResourceRecordSet\":$(record "$private_zone" _private-ingress.lost.replay.example.com TXT)},
    {\"Action\":\"UPSERT\",\"ResourceRecordSet\":{\"Name\":\"lost.replay.example.com\",\"Type\":\"A\",\"TTL\":60,\"ResourceRecords\":[{\"Value\":\"192.0.2.2\"}]}}]}"'
  found ownership-lost
  why
  keeps "$SWEEPS" 192.0.2.2 'inside lost.replay.example.com' 'the record counts as foreign and stays'
  run 'change "$private_zone" DELETE "$(record "$private_zone" lost.replay.example.com A)"'
  works lost.replay.example.com
  becomes_ready
  closed
}

connection_deleted() {
  ready_service connection connection.replay.example.com
  run 'connection=$(connections) && echo "$connection"'
  run 'aws apprunner delete-vpc-ingress-connection --vpc-ingress-connection-arn "$connection" --query VpcIngressConnection.Status --output text'
  shows '*AVAILABLE*' 'for each in $(connections); do aws apprunner describe-vpc-ingress-connection --vpc-ingress-connection-arn "$each" --query "VpcIngressConnection.[VpcIngressConnectionArn, Status]" --output text; done' 'it is created again'
  becomes_ready
  works connection.replay.example.com
}

made_public() {
  ready_service egress egress.replay.example.com
  run 'aws apprunner update-service --service-arn "$service" --network-configuration "EgressConfiguration={EgressType=VPC,VpcConnectorArn=arn:aws:apprunner:ap-northeast-1:123456789012:vpcconnector/out/1/00000000000000000000000000000001},IngressConfiguration={IsPubliclyAccessible=true}" --query "Service.[Status, NetworkConfiguration.IngressConfiguration.IsPubliclyAccessible]" --output text'
  shows '*ready*make the service private*ready*' "row 'timeline.L[].M.text.S' | tr '\t' '\n'" 'it is made private again'
  shows False is_public 'it is private'
  shows 'VPC*vpcconnector/out/*' 'aws apprunner describe-service --service-arn "$service" --query "Service.NetworkConfiguration.EgressConfiguration.[EgressType, VpcConnectorArn]" --output text' 'the outbound connector is kept'
  becomes_ready
  works egress.replay.example.com
}

paused() {
  ready_service paused paused.replay.example.com
  run 'aws apprunner pause-service --service-arn "$service" --query Service.Status --output text'
  shows PAUSED status 'it is paused'
  keeps "$SWEEPS" "$ADDRESSES" 'inside paused.replay.example.com' 'its name stays'
  run 'aws apprunner resume-service --service-arn "$service" --query Service.Status --output text'
  shows RUNNING status 'it runs again'
  becomes_ready
}

endpoint_closed() {
  ready_service closed closed.replay.example.com
  run 'group=$(aws ec2 describe-vpc-endpoints --filters "Name=service-name,Values=com.amazonaws.ap-northeast-1.apprunner.requests" --query "VpcEndpoints[0].Groups[0].GroupId" --output text) && echo "$group"'
  run 'permissions=$(aws ec2 describe-security-groups --group-ids "$group" --query "SecurityGroups[0].IpPermissions" --output json)'
  restore='aws ec2 authorize-security-group-ingress --group-id "$group" --ip-permissions "$permissions" --query Return --output text'
  run 'aws ec2 revoke-security-group-ingress --group-id "$group" --ip-permissions "$permissions" --query Return --output text'
  found endpoint-closed
  why
  run "$restore"
  restore=''
  closed
  becomes_ready
}

domain_removed() {
  ready_service removed 'stays.replay.example.com goes.replay.example.com'
  run 'tag Key=private-ingress:domains,Value=stays.replay.example.com'
  silent goes.replay.example.com
  shows stays.replay.example.com certificates 'its certificate goes too'
  shows '' 'records goes.replay' 'its validation records go last'
  works stays.replay.example.com
  becomes_ready
}

disabled() {
  ready_service disabled disabled.replay.example.com
  run 'tag Key=private-ingress,Value=disabled'
  shows detached "$PHASE" 'everything is removed'
  run "row 'timeline.L[-6:].M.text.S' | tr '\t' '\n'"
  silent disabled.replay.example.com
  nothing_is_left disabled
  shows False is_public 'the service stays private'
}

nothing_is_left() { shows '' "records $1.replay" 'no record is left in either zone'; }

tag_back() {
  ready_service back back.replay.example.com
  run 'connection=$(connections) && echo "$connection"'
  run 'untag private-ingress && tag Key=private-ingress,Value=enabled'
  keeps "$SWEEPS" "$ADDRESSES" 'inside back.replay.example.com' 'the name answers all the time'
  shows "$connection" connections 'the connection is the same'
  becomes_ready
  closed
}

tag_gone() {
  ready_service gone gone.replay.example.com
  run 'untag private-ingress'
  found tag-missing
  why
  shows detached "$PHASE" 'after the grace time everything is removed'
  silent gone.replay.example.com
  nothing_is_left gone
}

released() {
  ready_service released released.replay.example.com
  run 'tag Key=private-ingress,Value=released'
  shows released "$PHASE" 'it is released'
  works released.replay.example.com
  run $'change "$private_zone" UPSERT \'{"Name":"released.replay.example.com","Type":"A","TTL":60,"ResourceRecords":[{"Value":"192.0.2.3"}]}\''
  keeps "$SWEEPS" 192.0.2.3 'inside released.replay.example.com' 'a change by hand stays'
}

record_left() {
  ready_service left left.replay.example.com
  run 'tag Key=private-ingress,Value=released'
  shows released "$PHASE" 'it is released'
  run $'change "$private_zone" UPSERT \'{"Name":"left.replay.example.com","Type":"A","TTL":60,"ResourceRecords":[{"Value":"192.0.2.4"}]}\''
  run 'tag Key=private-ingress,Value=disabled'
  found record-left
  why
  shows detached "$PHASE" 'everything else is removed'
  shows 192.0.2.4 'inside left.replay.example.com' 'the changed record stays'
  run 'change "$private_zone" DELETE "$(record "$private_zone" left.replay.example.com A)"'
  shows '!(*record-left*)' "row '$CODES'" 'the finding closes'
}

service_deleted() {
  ready_service goodbye goodbye.replay.example.com
  refused InvalidStateException 'aws apprunner delete-service --service-arn "$service"' 'App Runner refuses while the connection exists'
  run 'untag private-ingress'
  shows detached "$PHASE" 'after the grace time everything is removed'
  run 'aws apprunner delete-service --service-arn "$service" --query Service.Status --output text'
  shows '' $'aws apprunner list-services --query "ServiceSummaryList[?ServiceName==\'replay-goodbye\'].Status" --output text' 'it is deleted'
  shows detached "$PHASE" 'nothing is left to do'
  nothing_is_left goodbye
}

# ---- Playing them --------------------------------------------------------------------------------------------------

# patiently COMMAND …: until it succeeds.
patiently() {
  local since=$SECONDS
  until "$@"; do
    ((SECONDS - since < TIMEOUT)) || return 0
    sleep 0.3
  done
}

services() { aws apprunner list-services --query "ServiceSummaryList[?starts_with(ServiceName, 'replay-')].ServiceArn" --output text; }
is_detached() { [[ $($PHASE) == @(detached|None) ]]; }
is_deleted() { aws apprunner delete-service --service-arn "$service" >/dev/null 2>&1; }
no_service() { [[ -z $(services) ]]; }

# Everything that a situation may have made, also one that was interrupted: nothing but replay-* and *.replay.example.com.
clean_up() {
  set +e
  [[ -z ${restore:-} ]] || eval "$restore" >/dev/null
  local arns zone count each
  arns=$(services)
  for service in $arns; do tag Key=private-ingress,Value=disabled; done
  for service in $arns; do
    patiently is_detached
    patiently is_deleted
  done
  for zone in "$private_zone" "$public_zone"; do
    count=$(aws route53 list-resource-record-sets --hosted-zone-id "$zone" --query "length(ResourceRecordSets[?ends_with(Name, '.replay.example.com.')])" --output text)
    for ((each = 0; each < count; each++)); do
      change "$zone" DELETE "$(aws route53 list-resource-record-sets --hosted-zone-id "$zone" --query "ResourceRecordSets[?ends_with(Name, '.replay.example.com.')] | [0]" --output json)" >/dev/null
    done
  done
  patiently no_service
}

unable() {
  printf '%s\n' "$1" >&2
  exit 2
}

check() {
  local tool account
  for tool in aws dig; do
    type -P "$tool" >/dev/null || unable "\"$tool\" is not installed."
  done
  account=$(aws sts get-caller-identity --query Account --output text 2>&1) ||
    unable "No embedded cloud answers at $AWS_ENDPOINT_URL: start it with \"npm start -- --idle\", or set AWS_ENDPOINT_URL. $account"
  [[ $account == 123456789012 ]] || unable "At $AWS_ENDPOINT_URL is the account $account and not the embedded cloud’s."
  for port in "$DNS_PORT" "$PUBLIC_DNS_PORT"; do
    [[ -n $(dig @127.0.0.1 -p "$port" +short +time=2 +tries=1 example.com SOA) ]] ||
      unable "No DNS of the embedded cloud answers at 127.0.0.1:$port: set DNS_PORT and PUBLIC_DNS_PORT to what \"npm start\" prints."
  done
}

list() {
  local number
  for number in "${!situations[@]}"; do printf '%2s  %s\n' $((number + 1)) "${situations[number]#*|}"; done
}

main() {
  local chosen=() failed=() number status began=$SECONDS
  for number in "$@"; do
    case $number in
      --help | -h) help && exit ;;
      --list) list && exit ;;
    esac
    [[ $number =~ ^[1-9][0-9]?$ ]] && ((number <= ${#situations[@]})) ||
      unable "\"$number\" is no situation: give numbers from 1 to ${#situations[@]}, --list or --help."
    chosen+=("$number")
  done
  ((${#chosen[@]} > 0)) || chosen=($(seq ${#situations[@]}))
  check
  preamble
  for number in "${chosen[@]}"; do
    printf '\n%s%s. %s%s\n\n' "$bold" "$number" "${situations[number - 1]#*|}" "$plain"
    set +e
    (
      set -e
      trap clean_up EXIT
      "${situations[number - 1]%%|*}"
    )
    status=$?
    set -e
    ((status == 0)) || failed+=("$number")
  done
  printf '\n'
  ((${#failed[@]} == 0)) || bad "${#failed[@]} of ${#chosen[@]} situations went otherwise than expected: ${failed[*]}"
  good "${#chosen[@]} situations went as expected, in $((SECONDS - began)) s."
}

# replay-live.sh has situations of its own.
[[ ${BASH_SOURCE[0]} != "$0" ]] || main "$@"
