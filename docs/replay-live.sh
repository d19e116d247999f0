#!/usr/bin/env bash
# What replay.sh leaves out: services that are live when they are tagged, what counts as ready, and their owners.
# What the commands below print is recorded in replay-live.md.
# shellcheck disable=SC2016,SC2034,SC2154  # As in replay.sh, which has the helpers.
# shellcheck source=docs/replay.sh
. "$(dirname "$0")/replay.sh"

ABOUT='Plays what replay.sh leaves out: services that are live when they are tagged, what counts as ready, and their owners. The
AWS CLI changes things, dig and the product’s own command line show them. All of it takes more than half an hour.'

situations=(
  'cname_taken_over|Cutting: a live service, whose CNAME is taken over'
  'record_of_a_tool|Cutting: a record of another tool leads to the live service'
  'new_with_typo|Cutting: a new service, with a typo in its name'
  'way_back_denied|Cutting: the connection of a live service is denied'
  'domains_tag|Cutting: the domains tag removed, put back and emptied'
  'group_of_members|Ready: the endpoint’s security group lets in its own members only'
  'vpc_closed|Ready: another VPC is named, whose endpoint is closed'
  'shadowed|Ready: a nearer private zone of another account'
  'delegated_away|Ready: the name is delegated to another provider'
  'dual_stack|Ready: a dual-stack service'
  'https_record|Ready: an HTTPS record at the name'
  'own_group|Ready: the security group that the stack created lacks a range of the VPC'
  'not_answering|Ready: a published name stops answering'
  'two_zones|Choosing: two hosted zones of one name'
  'www|Choosing: www. is covered by an association'
  'tags_misspelt|Choosing: misspelt and missing tags'
  'ownership|Choosing: the name of the installation'
  'connection_of_others|Owners: a connection of another owner is deleted'
  'deletion_refused|Owners: the service is to be deleted while it is attached'
  'reassociated|Owners: a tag that asks for a new certificate is put back by every apply'
  'row_damaged|State: a damaged row'
  'row_lost|State: a lost row'
  'shared_validation|State: two services share a validation record'
  'wildcards|Telling: CAA for wildcards, and a wildcard that is hidden'
  'record_dead|Telling: a public record that leads nowhere'
  'attach|By hand: names are added and taken away'
  'policy_deployed|By hand: a policy file is deployed, and forgotten'
)

# ---- Steps ---------------------------------------------------------------------------------------------------------

cli() { npm run --silent cli -- "$@"; }

enable() { run "tag Key=private-ingress,Value=enabled \"Key=private-ingress:domains,Value=$1\""; }
planned() { shows "*$1*" 'cli plan "$service"' "${2:-the plan says so}"; }

# associate NAME [OPTION]: as the owner does it, before the stack is asked for anything.
associate() {
  run "aws apprunner associate-custom-domain --service-arn \"\$service\" --domain-name $1 ${2:---no-enable-www-subdomain} --query CustomDomain.Status --output text"
  shows '_*' 'validation' 'App Runner shows the validation records'
  run 'validation | while read -r name value; do change "$public_zone" CREATE "{\"Name\":\"$name\",\"Type\":\"CNAME\",\"TTL\":60,\"ResourceRecords\":[{\"Value\":\"$value\"}]}"; done'
  shows active 'aws apprunner describe-custom-domains --service-arn "$service" --query "CustomDomains[].Status" --output text' 'the certificate is issued'
}

# live NAME DOMAIN [ZONE]: a public service that answers under a name of its own.
live() {
  create "$1"
  shows RUNNING status 'it runs'
  associate "$2"
  run 'url=$(aws apprunner describe-service --service-arn "$service" --query Service.ServiceUrl --output text) && echo "$url"'
  run "change \"\$public_zone\" CREATE '{\"Name\":\"$2\",\"Type\":\"CNAME\",\"TTL\":60,\"ResourceRecords\":[{\"Value\":\"'\$url'\"}]}'"
}

# The VPC then resolves example.com by the public zone.
without_private_zone() {
  run 'vpc=$(aws ec2 describe-vpcs --filters Name=tag:Name,Values=main --query "Vpcs[0].VpcId" --output text) && echo "$vpc"'
  run 'other=$(aws ec2 create-vpc --cidr-block 10.9.0.0/16 --query Vpc.VpcId --output text)'
  run 'associate_zone "$other" && disassociate_zone "$vpc"'
  restore='associate_zone "$vpc"; disassociate_zone "$other"'
}

another_vpc() {
  run "other=\$(aws ec2 create-vpc --cidr-block 10.$1.0.0/16 --query Vpc.VpcId --output text) && echo \"\$other\""
  run "subnet=\$(aws ec2 create-subnet --vpc-id \"\$other\" --cidr-block 10.$1.1.0/24 --availability-zone ap-northeast-1a --query Subnet.SubnetId --output text) && echo \"\$subnet\""
  run 'associate_zone "$other"'
}

# The one of the VPC named main.
endpoint_group() {
  run 'vpc=$(aws ec2 describe-vpcs --filters Name=tag:Name,Values=main --query "Vpcs[0].VpcId" --output text) && echo "$vpc"'
  run 'endpoint=$(aws ec2 describe-vpc-endpoints --filters Name=vpc-id,Values="$vpc" --query "VpcEndpoints[0].VpcEndpointId" --output text) && echo "$endpoint"'
  run 'group=$(aws ec2 describe-vpc-endpoints --vpc-endpoint-ids "$endpoint" --query "VpcEndpoints[0].Groups[0].GroupId" --output text) && echo "$group"'
  run 'permissions=$(aws ec2 describe-security-groups --group-ids "$group" --query "SecurityGroups[0].IpPermissions" --output json)'
}

preamble_of_replay=$(declare -f preamble)
eval "${preamble_of_replay/preamble/preamble_of_replay}"

preamble() {
  preamble_of_replay
  typed 'cli() { npm run --silent cli -- "$@"; }'
  run 'validation() { aws apprunner describe-custom-domains --service-arn "$service" --query "CustomDomains[].CertificateValidationRecords[].[Name, Value]" --output text; }'
  run 'associate_zone() { aws route53 associate-vpc-with-hosted-zone --hosted-zone-id "$private_zone" --vpc VPCRegion=ap-northeast-1,VPCId="$1" --query ChangeInfo.Status --output text; }'
  run 'disassociate_zone() { aws route53 disassociate-vpc-from-hosted-zone --hosted-zone-id "$private_zone" --vpc VPCRegion=ap-northeast-1,VPCId="$1" --query ChangeInfo.Status --output text; }'
  run 'attached() { for one in $(connections); do aws apprunner describe-vpc-ingress-connection --vpc-ingress-connection-arn "$one" --query "VpcIngressConnection.[VpcIngressConnectionName, IngressVpcConfiguration.VpcId, Status]" --output text; done; }'
}

# ---- The situations ------------------------------------------------------------------------------------------------

cname_taken_over() {
  without_private_zone
  live live live.replay.example.com
  run 'cli kill-switch on'
  enable live.replay.example.com
  planned 'live.replay.example.com and * stop answering publicly' 'the plan says what will stop answering'
  run 'cli kill-switch off'
  becomes_ready
  works live.replay.example.com
  shows '*"AliasTarget"*' 'record "$public_zone" live.replay.example.com A' 'the CNAME has become the stack’s alias'
  shows '"v=1 owner=*"' 'outside _private-ingress.live.replay.example.com TXT' 'in one batch with the ownership record'
  shows '*awsapprunner.com*' "row 'ledger.M.domains.M.\"live.replay.example.com\".M.replaced'" 'the ledger keeps what was replaced'
}

record_of_a_tool() {
  without_private_zone
  live held held.replay.example.com
  run $'change "$public_zone" CREATE \'{"Name":"cname-held.replay.example.com","Type":"TXT","TTL":60,"ResourceRecords":[{"Value":"\\"heritage=external-dns,external-dns/owner=shop,external-dns/resource=ingress/shop/web\\""}]}\''
  enable held.replay.example.com
  found still-public
  why
  planned 'belongs to external-dns, owner "shop"' 'the plan names the owner'
  keeps "$SWEEPS" True is_public 'the service stays public'
  shows '*awsapprunner.com.' 'outside held.replay.example.com CNAME' 'and answers as before'
}

new_with_typo() {
  create typo typo..replay.example.com
  found domain-invalid
  why
  shows False is_public 'a new service does not stay public over it'
}

way_back_denied() {
  run 'role=$(aws lambda get-function-configuration --function-name apprunner-private-ingress-main-reconcile --query Role --output text) && role=${role##*/} && echo "$role"'
  run $'aws iam put-role-policy --role-name "$role" --policy-name replay --policy-document \'{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"apprunner:CreateVpcIngressConnection","Resource":"*"}]}\''
  restore='aws iam delete-role-policy --role-name "$role" --policy-name replay'
  live denied denied.replay.example.com
  enable denied.replay.example.com
  found rolled-back
  why
  shows True is_public 'it is public again'
  run "$restore"
  restore=''
  keeps "$SWEEPS" True is_public 'and stays so until a person asks again'
  run 'cli reconcile "$service"'
  becomes_ready
  works denied.replay.example.com
}

domains_tag() {
  ready_service keys keys.replay.example.com
  run 'untag private-ingress:domains && tag Key=private-ingress:domains,Value=keys.replay.example.com'
  keeps "$SWEEPS" "$ADDRESSES" 'inside keys.replay.example.com' 'its name answers all the time'
  run 'cli attach "$service" --clear domains --yes'
  silent keys.replay.example.com
  shows False is_public 'the service stays private'
}

group_of_members() {
  ready_service open open.replay.example.com
  endpoint_group
  restore='aws ec2 revoke-security-group-ingress --group-id "$group" --protocol tcp --port 443 --source-group "$group"; aws ec2 authorize-security-group-ingress --group-id "$group" --ip-permissions "$permissions"'
  run 'aws ec2 revoke-security-group-ingress --group-id "$group" --ip-permissions "$permissions" --query Return --output text'
  run 'aws ec2 authorize-security-group-ingress --group-id "$group" --protocol tcp --port 443 --source-group "$group" --query Return --output text'
  live members members.replay.example.com
  enable members.replay.example.com
  found endpoint-closed
  why
  planned still-public
  keeps "$SWEEPS" True is_public 'nothing is cut'
}

vpc_closed() {
  ready_service move move.replay.example.com
  another_vpc 1
  run 'group=$(aws ec2 create-security-group --vpc-id "$other" --group-name closed --description closed --query GroupId --output text) && echo "$group"'
  run 'endpoint=$(aws ec2 create-vpc-endpoint --vpc-endpoint-type Interface --vpc-id "$other" --service-name com.amazonaws.ap-northeast-1.apprunner.requests --subnet-ids "$subnet" --security-group-ids "$group" --no-private-dns-enabled --query VpcEndpoint.VpcEndpointId --output text) && echo "$endpoint"'
  shows available 'aws ec2 describe-vpc-endpoints --vpc-endpoint-ids "$endpoint" --query "VpcEndpoints[0].State" --output text' 'the endpoint is there'
  run 'tag Key=private-ingress:vpc,Value="$other"'
  found move-held
  why
  works move.replay.example.com
  run 'aws ec2 authorize-security-group-ingress --group-id "$group" --protocol tcp --port 443 --cidr 10.1.0.0/16 --query Return --output text'
  shows "*$other*AVAILABLE" attached 'once it is open, the service is attached there'
  becomes_ready
}

shadowed() {
  run 'vpc=$(aws ec2 describe-vpcs --filters Name=tag:Name,Values=main --query "Vpcs[0].VpcId" --output text) && echo "$vpc"'
  run 'as_other() { AWS_ACCESS_KEY_ID=210987654321 AWS_SECRET_ACCESS_KEY=210987654321 aws "$@"; }'
  run 'their_vpc=$(as_other ec2 create-vpc --cidr-block 10.8.0.0/16 --query Vpc.VpcId --output text)'
  run 'theirs=$(as_other route53 create-hosted-zone --name shadow.replay.example.com --caller-reference "$RANDOM" --vpc VPCRegion=ap-northeast-1,VPCId="$their_vpc" --query HostedZone.Id --output text) && echo "$theirs"'
  run 'as_other route53 create-vpc-association-authorization --hosted-zone-id "$theirs" --vpc VPCRegion=ap-northeast-1,VPCId="$vpc" --query VPC.VPCId --output text'
  run 'aws route53 associate-vpc-with-hosted-zone --hosted-zone-id "$theirs" --vpc VPCRegion=ap-northeast-1,VPCId="$vpc" --query ChangeInfo.Status --output text'
  restore='aws route53 disassociate-vpc-from-hosted-zone --hosted-zone-id "$theirs" --vpc VPCRegion=ap-northeast-1,VPCId="$vpc"'
  create shadow hello.shadow.replay.example.com
  found zone-shadowed
  why
  shows '' 'records hello.shadow' 'nothing is published'
  run "$restore --query ChangeInfo.Status --output text"
  restore=''
  becomes_ready
  works hello.shadow.replay.example.com
}

delegated_away() {
  run $'change "$public_zone" CREATE \'{"Name":"away.replay.example.com","Type":"NS","TTL":60,"ResourceRecords":[{"Value":"ns1.provider.test"}]}\''
  create away hello.away.replay.example.com
  found zone-not-delegated
  why
  shows '' certificates 'no certificate is requested'
  run 'change "$public_zone" DELETE "$(record "$public_zone" away.replay.example.com NS)"'
  becomes_ready
}

dual_stack() {
  run 'service=$(aws apprunner create-service --service-name replay-dual --source-configuration "$image" --network-configuration IpAddressType=DUAL_STACK --tags Key=private-ingress,Value=enabled Key=private-ingress:domains,Value=dual.replay.example.com --query Service.ServiceArn --output text) && echo "$service"'
  found endpoint-not-dual-stack
  why
  becomes_ready
  works dual.replay.example.com
  shows '' 'inside dual.replay.example.com AAAA' 'nothing could answer behind an AAAA'
}

https_record() {
  run $'change "$private_zone" CREATE \'{"Name":"svcb.replay.example.com","Type":"HTTPS","TTL":60,"ResourceRecords":[{"Value":"1 elsewhere.example.net. alpn=h2"}]}\''
  create svcb svcb.replay.example.com
  found record-foreign
  why
  run 'change "$private_zone" DELETE "$(record "$private_zone" svcb.replay.example.com HTTPS)"'
  becomes_ready
  works svcb.replay.example.com
}

own_group() {
  another_vpc 7
  run 'service=$(aws apprunner create-service --service-name replay-range --source-configuration "$image" --tags Key=private-ingress,Value=enabled Key=private-ingress:domains,Value=range.replay.example.com Key=private-ingress:vpc,Value="$other" --query Service.ServiceArn --output text) && echo "$service"'
  run 'own() { aws ec2 describe-security-groups --filters Name=vpc-id,Values="$other" Name=tag:private-ingress:owner,Values="*" --query "SecurityGroups[].$1" --output text; }'
  run 'sources() { own "IpPermissions[].IpRanges[].CidrIp"; }'
  shows 10.7.0.0/16 sources 'the endpoint gets a group that lets the VPC in'
  becomes_ready
  run 'aws ec2 revoke-security-group-ingress --group-id "$(own GroupId)" --protocol tcp --port 443 --cidr 10.7.0.0/16 --query Return --output text'
  shows 10.7.0.0/16 sources 'it is extended'
  becomes_ready
}

not_answering() {
  ready_service down down.replay.example.com
  shows verified 'row proof.M.kind.S' 'it was seen to answer HTTPS from inside the VPC'
  endpoint_group
  restore='aws ec2 authorize-security-group-ingress --group-id "$group" --ip-permissions "$permissions" --query Return --output text'
  run 'aws ec2 revoke-security-group-ingress --group-id "$group" --ip-permissions "$permissions" --query Return --output text'
  found name-unreachable
  run 'sleep 300'
  shows degraded "$PHASE" 'after three failures over five minutes it is degraded'
  why
  run "$restore"
  restore=''
  closed
  becomes_ready
}

two_zones() {
  run 'second=$(aws route53 create-hosted-zone --name example.com --caller-reference "$RANDOM" --query HostedZone.Id --output text) && echo "$second"'
  restore='aws route53 delete-hosted-zone --id "$second"'
  ready_service two two.replay.example.com
  shows '' 'aws route53 list-resource-record-sets --hosted-zone-id "$second" --query "ResourceRecordSets[?Type==\`CNAME\`].Name" --output text' 'the zone that is not allowed stays empty'
  run 'tag Key=private-ingress:zone,Value=Z0000000000000000000A'
  found zone-tag-unused
  why
  run 'untag private-ingress:zone'
  closed
}

www() {
  create www
  shows RUNNING status 'it runs'
  associate w.replay.example.com --enable-www-subdomain
  enable 'w.replay.example.com www.w.replay.example.com'
  becomes_ready
  works w.replay.example.com
  works www.w.replay.example.com
  shows w.replay.example.com certificates 'one association covers both'
}

tags_misspelt() {
  create tags
  run 'tag Key=private-ingress:domains,Value=tags.replay.example.com'
  found tag-incomplete
  shows '*tag-incomplete*' 'cli status "$service"' 'the status says what is missing'
  run 'tag Key=private-ingress,Value=enabled Key=private-ingress:domain,Value=tags.replay.example.com Key=private-ingress:alias,Value=cname'
  found tag-unknown
  found alias-strategy-unknown
  why
  becomes_ready
}

ownership() {
  ready_service owner owner.replay.example.com
  shows '"v=1 owner=+([0-9a-f]) service=*"' 'inside _private-ingress.owner.replay.example.com TXT' 'the owner is a hash of account, region and stack'
}

connection_of_others() {
  ready_service first first.replay.example.com
  endpoint_group
  run 'service=$(aws apprunner create-service --service-name replay-theirs --source-configuration "$image" --network-configuration "IngressConfiguration={IsPubliclyAccessible=false}" --query Service.ServiceArn --output text) && echo "$service"'
  shows RUNNING status 'it runs'
  run 'theirs=$(aws apprunner create-vpc-ingress-connection --service-arn "$service" --vpc-ingress-connection-name by-terraform --ingress-vpc-configuration VpcId="$vpc",VpcEndpointId="$endpoint" --query VpcIngressConnection.VpcIngressConnectionArn --output text) && echo "$theirs"'
  enable theirs.replay.example.com
  becomes_ready
  shows '*by-terraform*' attached 'the stack uses it'
  run 'aws apprunner delete-vpc-ingress-connection --vpc-ingress-connection-arn "$theirs" --query VpcIngressConnection.Status --output text'
  shows '*finding connection-removed*attach the VPC*' "row 'timeline.L[].M.text.S' | tr '\t' '\n' | tail -5" 'it waits for the grace time, in which the service can be deleted, and only then creates its own'
  becomes_ready
}

deletion_refused() {
  ready_service refused refused.replay.example.com
  refused InvalidStateException 'aws apprunner delete-service --service-arn "$service"' 'App Runner refuses while the connection exists'
  found deletion-refused
  why
  works refused.replay.example.com
}

reassociated() {
  ready_service again again.replay.example.com
  for _ in 1 2; do
    run 'tag Key=private-ingress:reassociate,Value=again.replay.example.com'
    shows '!(*reassociate*)' 'aws apprunner list-tags-for-resource --resource-arn "$service" --query "Tags[].Key" --output text' 'the request has started'
    becomes_ready
  done
  run 'tag Key=private-ingress:reassociate,Value=again.replay.example.com'
  found contested
  why
  works again.replay.example.com
}

row_damaged() {
  ready_service damaged damaged.replay.example.com
  run $'aws dynamodb update-item --table-name apprunner-private-ingress-main-services --key "{\\"serviceArn\\":{\\"S\\":\\"$service\\"}}" --update-expression "SET ledger = :none" --expression-attribute-values \'{":none":{"S":"nonsense"}}\''
  shows '*row-unreadable*' 'cli status "$service"' 'it is set aside, and reported'
  works damaged.replay.example.com
  run 'damaged=$service'
  ready_service other other.replay.example.com
  run 'service=$damaged && aws dynamodb delete-item --table-name apprunner-private-ingress-main-services --key "{\"serviceArn\":{\"S\":\"$service\"}}"'
  becomes_ready
}

row_lost() {
  ready_service lost lost.replay.example.com
  run 'aws dynamodb delete-item --table-name apprunner-private-ingress-main-services --key "{\"serviceArn\":{\"S\":\"$service\"}}"'
  found ledger-relearned
  why
  run 'tag Key=private-ingress,Value=disabled'
  shows detached "$PHASE" 'everything is removed'
  nothing_is_left lost
  shows '' connections 'nor is a connection'
}

shared_validation() {
  ready_service apex example.com
  run 'apex=$service'
  ready_service wild _wildcard.example.com
  run 'wild=$service service=$apex'
  run $'cnames() { aws route53 list-resource-record-sets --hosted-zone-id "$public_zone" --query "ResourceRecordSets[?Type==\'CNAME\'].Name" --output text; }'
  shows '_*' cnames 'both need the same record'
  run 'tag Key=private-ingress,Value=disabled'
  shows detached "$PHASE" 'the first one is detached'
  shows '*keep CNAME*' "row 'timeline.L[].M.text.S' | tr '\t' '\n' | tail -4" 'it left the record'
  shows '_*' cnames 'the record stays'
  run 'service=$wild && tag Key=private-ingress,Value=disabled'
  shows detached "$PHASE" 'the last one is detached'
  shows '' cnames 'the record goes with it'
}

wildcards() {
  run $'change "$public_zone" CREATE \'{"Name":"example.com","Type":"CAA","TTL":60,"ResourceRecords":[{"Value":"0 issue \\"amazon.com\\""},{"Value":"0 issuewild \\"letsencrypt.org\\""}]}\''
  restore='change "$public_zone" DELETE "$(record "$public_zone" example.com CAA)"'
  create wild _wildcard.example.com
  found caa-forbids
  why
  run "$restore"
  restore=''
  becomes_ready
  run $'change "$public_zone" CREATE \'{"Name":"*.replay.example.com","Type":"A","TTL":60,"ResourceRecords":[{"Value":"192.0.2.9"}]}\''
  shows 192.0.2.9 'outside hidden.replay.example.com' 'the wildcard answers for the name'
  create hidden hidden.replay.example.com
  found wildcard-hidden
  why
  becomes_ready
  shows '' 'outside hidden.replay.example.com' 'the wildcard does not answer for it any more'
}

record_dead() {
  live dead dead.replay.example.com
  enable dead.replay.example.com
  becomes_ready
  works dead.replay.example.com
  found public-record-dead
  why
}

attach() {
  ready_service attach one.replay.example.com
  shows '*loses one.replay.example.com*--yes*' 'cli attach "$service" two.replay.example.com' 'what would be taken away is shown, and nothing done'
  works one.replay.example.com
  run 'cli attach "$service" --add two.replay.example.com'
  works two.replay.example.com
  run 'cli attach "$service" --remove two.replay.example.com --yes'
  silent two.replay.example.com
  works one.replay.example.com
}

policy_deployed() {
  ready_service policy policy.replay.example.com
  run 'policy=$(mktemp) && cli policy show --file >"$policy" && cli policy check "$policy"'
  run $'sed \'s/^rules:/rules:\\n  - name: left alone\\n    match:\\n      services: ["replay-*"]\\n    private: ignored/\' "$policy" >"$policy.alone"'
  shows '*replay-policy*' 'POLICY_FILE=$policy.alone cli deploy --dry-run' 'the services that change hands are shown before'
  restore='cli deploy --without-policy --yes 2>/dev/null'
  run 'POLICY_FILE=$policy cli deploy --yes >/dev/null && cli policy show | head -n 4'
  shows '*Nothing was deployed.*--without-policy*' 'cli deploy --dry-run' 'a deployment without the file does not drop it'
}

main "$@"
