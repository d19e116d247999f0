// Generated from docs/openapi.json by "npm run docs".

export interface paths {
  '/services': {
    get: {
      parameters: {
        query?: {
          account?: string;
          region?: string;
          name?: string;
          domain?: string;
          phase?:
            | 'waiting-for-service'
            | 'attaching'
            | 'waiting-for-dns'
            | 'waiting-for-certificate'
            | 'ready'
            | 'ready-unverified'
            | 'detaching'
            | 'detached'
            | 'released'
            | 'blocked';
          finding?:
            | 'tag-value-unknown'
            | 'tag-missing'
            | 'tag-overruled'
            | 'tag-ignored'
            | 'exception-expired'
            | 'audit'
            | 'domain-invalid'
            | 'domain-not-allowed'
            | 'domains-too-many'
            | 'zone-not-found'
            | 'zone-not-allowed'
            | 'zone-not-associated'
            | 'vpc-not-given'
            | 'vpc-not-found'
            | 'vpc-not-allowed'
            | 'vpc-shared'
            | 'vpc-dns-off'
            | 'subnets-not-found'
            | 'endpoint-not-found'
            | 'endpoint-single-zone'
            | 'endpoint-unused'
            | 'endpoint-unusable'
            | 'endpoint-closed'
            | 'service-create-failed'
            | 'service-delete-failed'
            | 'connection-failed'
            | 'connection-given-up'
            | 'connection-elsewhere'
            | 'alias-fallback'
            | 'caa-forbids'
            | 'certificate-not-renewing'
            | 'certificate-failed'
            | 'domain-taken'
            | 'validation-record-foreign'
            | 'record-foreign'
            | 'ownership-lost'
            | 'record-left'
            | 'dns-wrong'
            | 'dns-unobservable'
            | 'no-longer-verified'
            | 'name-unreachable'
            | 'row-unreadable'
            | 'overdue'
            | 'access-denied'
            | 'refused'
            | 'contested';
          severity?: 'info' | 'warning' | 'error';
          limit?: number;
          cursor?: string;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: { 'application/json': components['schemas']['ServicePage'] };
        };
        400: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        403: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        500: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        503: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
      };
    };
    post?: never;
  };
  '/services/{account}/{region}/{name}/{id}': {
    get: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          account: string;
          region: string;
          name: string;
          id: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: { headers: Record<string, unknown>; content: { 'application/json': components['schemas']['Service'] } };
        400: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        403: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        404: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        422: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        500: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        502: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        503: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
      };
    };
    post?: never;
  };
  '/services/{account}/{region}/{name}/{id}/attach': {
    get?: never;
    post: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          account: string;
          region: string;
          name: string;
          id: string;
        };
        cookie?: never;
      };
      requestBody?: { content: { 'application/json': components['schemas']['AttachRequest'] } };
      responses: {
        202: { headers: Record<string, unknown>; content: { 'application/json': components['schemas']['Accepted'] } };
        400: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        403: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        404: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        409: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        413: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        415: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        422: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        500: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        502: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        503: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
      };
    };
  };
  '/services/{account}/{region}/{name}/{id}/detach': {
    get?: never;
    post: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          account: string;
          region: string;
          name: string;
          id: string;
        };
        cookie?: never;
      };
      requestBody?: { content: { 'application/json': components['schemas']['EmptyRequest'] } };
      responses: {
        202: { headers: Record<string, unknown>; content: { 'application/json': components['schemas']['Accepted'] } };
        400: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        403: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        404: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        409: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        413: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        415: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        422: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        500: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        502: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        503: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
      };
    };
  };
  '/services/{account}/{region}/{name}/{id}/release': {
    get?: never;
    post: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          account: string;
          region: string;
          name: string;
          id: string;
        };
        cookie?: never;
      };
      requestBody?: { content: { 'application/json': components['schemas']['EmptyRequest'] } };
      responses: {
        202: { headers: Record<string, unknown>; content: { 'application/json': components['schemas']['Accepted'] } };
        400: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        403: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        404: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        409: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        413: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        415: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        422: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        500: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        502: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        503: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
      };
    };
  };
  '/services/{account}/{region}/{name}/{id}/adopt': {
    get?: never;
    post: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          account: string;
          region: string;
          name: string;
          id: string;
        };
        cookie?: never;
      };
      requestBody: { content: { 'application/json': components['schemas']['AdoptRequest'] } };
      responses: {
        202: { headers: Record<string, unknown>; content: { 'application/json': components['schemas']['Accepted'] } };
        400: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        403: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        404: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        409: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        413: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        415: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        422: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        500: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        502: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        503: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
      };
    };
  };
  '/services/{account}/{region}/{name}/{id}/reconcile': {
    get?: never;
    post: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          account: string;
          region: string;
          name: string;
          id: string;
        };
        cookie?: never;
      };
      requestBody?: { content: { 'application/json': components['schemas']['EmptyRequest'] } };
      responses: {
        202: { headers: Record<string, unknown>; content: { 'application/json': components['schemas']['Accepted'] } };
        400: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        403: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        404: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        413: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        415: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        422: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        500: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        502: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        503: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
      };
    };
  };
  '/plan': {
    get?: never;
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody: { content: { 'application/json': components['schemas']['PlanRequest'] } };
      responses: {
        200: { headers: Record<string, unknown>; content: { 'application/json': components['schemas']['Planned'] } };
        400: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        403: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        404: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        413: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        415: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        422: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        500: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        502: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        503: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
      };
    };
  };
  '/findings': {
    get: {
      parameters: {
        query?: {
          account?: string;
          region?: string;
          name?: string;
          domain?: string;
          source?: 'service' | 'sweep';
          finding?:
            | 'tag-value-unknown'
            | 'tag-missing'
            | 'tag-overruled'
            | 'tag-ignored'
            | 'exception-expired'
            | 'audit'
            | 'domain-invalid'
            | 'domain-not-allowed'
            | 'domains-too-many'
            | 'zone-not-found'
            | 'zone-not-allowed'
            | 'zone-not-associated'
            | 'vpc-not-given'
            | 'vpc-not-found'
            | 'vpc-not-allowed'
            | 'vpc-shared'
            | 'vpc-dns-off'
            | 'subnets-not-found'
            | 'endpoint-not-found'
            | 'endpoint-single-zone'
            | 'endpoint-unused'
            | 'endpoint-unusable'
            | 'endpoint-closed'
            | 'service-create-failed'
            | 'service-delete-failed'
            | 'connection-failed'
            | 'connection-given-up'
            | 'connection-elsewhere'
            | 'alias-fallback'
            | 'caa-forbids'
            | 'certificate-not-renewing'
            | 'certificate-failed'
            | 'domain-taken'
            | 'validation-record-foreign'
            | 'record-foreign'
            | 'ownership-lost'
            | 'record-left'
            | 'dns-wrong'
            | 'dns-unobservable'
            | 'no-longer-verified'
            | 'name-unreachable'
            | 'row-unreadable'
            | 'overdue'
            | 'access-denied'
            | 'refused'
            | 'contested'
            | 'role-refused'
            | 'permission-missing'
            | 'region-disabled'
            | 'throttled'
            | 'unavailable'
            | 'not-answered'
            | 'failed'
            | 'record-orphaned';
          severity?: 'info' | 'warning' | 'error';
          limit?: number;
          cursor?: string;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: { 'application/json': components['schemas']['FindingPage'] };
        };
        400: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        403: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        500: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        503: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
      };
    };
    post?: never;
  };
  '/sweeps': {
    get: {
      parameters: {
        query?: {
          limit?: number;
          cursor?: string;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: { headers: Record<string, unknown>; content: { 'application/json': components['schemas']['SweepPage'] } };
        400: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        403: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        500: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        502: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        503: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
      };
    };
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: { content: { 'application/json': components['schemas']['EmptyRequest'] } };
      responses: {
        202: {
          headers: Record<string, unknown>;
          content: { 'application/json': components['schemas']['SweepAccepted'] };
        };
        400: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        403: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        413: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        415: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        422: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        500: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        502: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        503: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
      };
    };
  };
  '/sweeps/{id}': {
    get: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: { headers: Record<string, unknown>; content: { 'application/json': components['schemas']['Sweep'] } };
        400: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        403: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        404: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        500: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        502: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        503: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
      };
    };
    post?: never;
  };
  '/sweeps/{id}/confirm': {
    get?: never;
    post: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: string;
        };
        cookie?: never;
      };
      requestBody?: { content: { 'application/json': components['schemas']['EmptyRequest'] } };
      responses: {
        202: {
          headers: Record<string, unknown>;
          content: { 'application/json': components['schemas']['SweepAccepted'] };
        };
        400: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        403: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        404: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        409: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        413: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        415: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        422: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        500: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        502: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        503: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
      };
    };
  };
  '/policy': {
    get: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: { 'application/json': components['schemas']['PolicyInForce'] };
        };
        400: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        403: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        500: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
        503: {
          headers: Record<string, unknown>;
          content: { 'application/problem+json': components['schemas']['Problem'] };
        };
      };
    };
    post?: never;
  };
}

export interface components {
  schemas: {
    Service: {
      account: string;
      region: string;
      name: string;
      id: string;
      arn: string;
      /** As App Runner describes it now */
      service:
        | {
            status: 'deleted';
          }
        | {
            status: string;
            visibility: 'public' | 'private';
          };
      /** What should be true of the service: of its tags and the policy */
      desired:
        | {
            kind: 'unmanaged';
          }
        | {
            kind: 'private';
            vpcId?: string;
            domains: string[];
            aliasStrategy: 'auto' | 'endpoint' | 'apprunner';
            endpointId?: string;
            zones?: string[];
            adopt?: string[];
            reassociate?: string[];
          }
        | {
            kind: 'detached';
            reason: 'disabled' | 'tag-missing' | 'service-deleted';
            restorePublic: boolean;
          }
        | {
            kind: 'released';
          }
        | {
            kind: 'unclear';
          };
      /** What the policy says of the service */
      policy: {
        enforcement: 'required' | 'by-tag' | 'ignored';
        /** `audit`: the actions are told and not done */
        mode: 'audit' | 'enforce';
        /** The rule that speaks for the service, or why none does */
        because: string;
        /** Name of the rule that speaks for the service; absent when none does */
        rule?: string;
        /** From what the rule requires; `until` is the last day it holds, in UTC */
        exception?: {
          state: 'in-force' | 'expired';
          reason: string;
          until: string;
        };
        /** The rules in the order they were tried, and why those that do not match do not */
        matchTrace: {
          rule: string;
          matched: boolean;
          why: string;
        }[];
        /** Tags of the service that the policy or the product goes by; others are not told */
        tags: Record<string, string>;
        /** The units above its account up to the root; absent where the policy asks for none */
        units?: string[];
      };
      /** Of the plan made now */
      phase: components['schemas']['Phase'];
      /** What was last seen of whether it works */
      proof?: {
        kind: 'verified' | 'seen-publicly' | 'unverified';
        at: string;
        /** When it was last seen to answer from inside the VPC */
        verifiedAt?: string;
      };
      /** What can be done now */
      actions: {
        description: string;
        why: string;
        /** As the loop would carry it out */
        action: {
          kind: string;
        };
      }[];
      /** What has to happen by itself first */
      waits: {
        what: string;
        subject: string;
        why: string;
        since: string;
        /** After that it counts as overdue */
        atMost: string;
      }[];
      findings: components['schemas']['Finding'][];
      endpoint?: {
        id: string;
        state: string;
        addresses: string[];
        interfaces: number;
        usdPerInterfaceHour: number;
        /** For the whole VPC, traffic not counted */
        usdPerMonth: number;
      };
      /** What was done, found and asked for, the oldest first */
      timeline: {
        at: string;
        text: string;
        /** ARN of whoever asked by this API */
        by?: string;
      }[];
      /** When the loop last looked at it */
      updatedAt?: string;
    };
    ServiceSummary: {
      account: string;
      region: string;
      name: string;
      id: string;
      arn: string;
      /** Absent until it is looked at for the first time */
      phase?: components['schemas']['Phase'];
      domains: string[];
      findings: {
        code: components['schemas']['FindingCode'];
        severity: components['schemas']['Severity'];
        domain?: string;
        message: string;
      }[];
      /** When it was last looked at */
      updatedAt?: string;
    };
    ServicePage: {
      services: components['schemas']['ServiceSummary'][];
      /** Cursor of the next page; absent on the last one */
      next?: string;
    };
    Finding: {
      /** The same as long as it is open */
      id: string;
      code: components['schemas']['FindingCode'];
      severity: components['schemas']['Severity'];
      /** ARN or id of what it is about */
      resource: string;
      domain?: string;
      message: string;
      remedy: string;
      since: string;
    };
    ServiceFinding: {
      source: 'service';
      service: {
        account: string;
        region: string;
        name: string;
        id: string;
        arn: string;
      };
      /** The same as long as it is open */
      id: string;
      code: components['schemas']['FindingCode'];
      severity: components['schemas']['Severity'];
      /** ARN or id of what it is about */
      resource: string;
      domain?: string;
      message: string;
      remedy: string;
      since: string;
    };
    SweepFinding: {
      source: 'sweep';
      /** Such as 20260131T235959Z-1a2b3c4d; ids sort by time */
      sweep: string;
      code: components['schemas']['SweepCode'];
      severity: components['schemas']['Severity'];
      account?: string;
      region?: string;
      resource: string;
      message: string;
      remedy: string;
      /** When the sweep ended that found it */
      since: string;
    };
    FindingPage: {
      findings: (components['schemas']['ServiceFinding'] | components['schemas']['SweepFinding'])[];
      /** Cursor of the next page; absent on the last one */
      next?: string;
    };
    Sweep: {
      /** Such as 20260131T235959Z-1a2b3c4d; ids sort by time */
      id: string;
      /** comparing: some targets have not answered; done: what differs is looked at; held: it would be more than the limits of the policy allow, and nothing is done until somebody confirms it */
      status: 'comparing' | 'done' | 'held';
      /** `schedule`, or the ARN of who asked for it */
      by: string;
      /** ARN of who let it go on after it was held */
      confirmedBy?: string;
      startedAt: string;
      /** When the last target had answered, or it was confirmed */
      endedAt?: string;
      targets: components['schemas']['SweepTarget'][];
      /** Of all that have answered so far */
      counts: {
        /** That exist where it was possible to look */
        services: number;
        /** That are kept private, or have to be */
        managed: number;
        /** That are not as they should be, or not as was noted; each gets a look */
        differing: number;
        /** Of those, in which something would be changed */
        changes: number;
        /** Of those, that would be given back */
        detaches: number;
        orphans: number;
        /** What could not be looked at. It never counts as looked at and right */
        failures: number;
      };
      /** Services that are not as they should be, what would be given back and changed first; 1000 at most */
      differences: {
        service: {
          account: string;
          region: string;
          name: string;
          id: string;
          arn: string;
        };
        /** What a look at it would do */
        would: 'note' | 'change' | 'detach';
        phase: components['schemas']['Phase'];
        /** What would be done now, or why it is looked at */
        what: string[];
      }[];
      /** What nobody uses, 1000 at most; counts.orphans has how many. Records are told of when the sweep has ended */
      orphans: {
        kind: 'endpoint-unused' | 'record-orphaned';
        severity: components['schemas']['Severity'];
        resource: string;
        message: string;
        meaning: string;
        remedy: string;
      }[];
      /** What could not be looked at, 1000 at most; counts.failures has how many */
      failures: {
        code:
          | 'role-refused'
          | 'permission-missing'
          | 'region-disabled'
          | 'throttled'
          | 'unavailable'
          | 'not-answered'
          | 'failed';
        severity: components['schemas']['Severity'];
        resource: string;
        message: string;
        meaning: string;
        remedy: string;
      }[];
      /** Why it is held */
      reasons: string[];
    };
    SweepTarget: {
      /** 123456789012/ap-northeast-1, or the id of a hosted zone */
      target: string;
      /** Absent until it has answered */
      counts?: {
        /** That exist where it was possible to look */
        services: number;
        /** That are kept private, or have to be */
        managed: number;
        /** That are not as they should be, or not as was noted; each gets a look */
        differing: number;
        /** Of those, in which something would be changed */
        changes: number;
        /** Of those, that would be given back */
        detaches: number;
        orphans: number;
        /** What could not be looked at. It never counts as looked at and right */
        failures: number;
      };
    };
    SweepSummary: {
      /** Such as 20260131T235959Z-1a2b3c4d; ids sort by time */
      id: string;
      /** comparing: some targets have not answered; done: what differs is looked at; held: it would be more than the limits of the policy allow, and nothing is done until somebody confirms it */
      status: 'comparing' | 'done' | 'held';
      /** `schedule`, or the ARN of who asked for it */
      by: string;
      /** ARN of who let it go on after it was held */
      confirmedBy?: string;
      startedAt: string;
      /** When the last target had answered, or it was confirmed */
      endedAt?: string;
      /** Accounts and regions, and hosted zones, that are compared */
      targets: number;
      /** How many of them have answered */
      answered: number;
      /** Absent while it is comparing */
      counts?: {
        /** That exist where it was possible to look */
        services: number;
        /** That are kept private, or have to be */
        managed: number;
        /** That are not as they should be, or not as was noted; each gets a look */
        differing: number;
        /** Of those, in which something would be changed */
        changes: number;
        /** Of those, that would be given back */
        detaches: number;
        orphans: number;
        /** What could not be looked at. It never counts as looked at and right */
        failures: number;
      };
    };
    SweepPage: {
      sweeps: components['schemas']['SweepSummary'][];
      /** Cursor of the next page; absent on the last one */
      next?: string;
    };
    SweepAccepted: {
      /** Such as 20260131T235959Z-1a2b3c4d; ids sort by time */
      sweep: string;
      asked: 'begin' | 'confirm';
      /** Path at which to see what comes of it */
      watch: string;
    };
    PolicyInForce: {
      /** A policy file that was deployed with the stack, or what its parameters say */
      from: 'file' | 'parameters';
      policy: {
        owner: string;
        accounts:
          | {
              kind: 'listed';
              ids: string[];
            }
          | {
              kind: 'organization';
              roleArn?: string;
              units: string[];
              except: string[];
            };
        regions: string[];
        networks: {
          account: string;
          region: string;
          /** Absent: holds for any VPC that a service names itself */
          vpcId?: string;
          endpoint:
            | {
                kind: 'given';
                id: string;
              }
            | {
                kind: 'create';
                subnetIds: string[];
                securityGroupIds: string[];
                allowFrom: string[];
              };
          /** Name of the function that looks from inside the VPC */
          probe?: string;
        }[];
        zones: {
          id: string;
          roleArn?: string;
          allowedNames: string[];
        }[];
        rules: {
          name: string;
          /** Everything given has to hold; of a list, one is enough */
          match: {
            accounts?: string[];
            units?: string[];
            regions?: string[];
            services?: string[];
            tags?: Record<string, string>;
          };
          enforcement: 'required' | 'by-tag' | 'ignored';
          mode: 'audit' | 'enforce';
          domains: string[];
          strategy?: 'auto' | 'endpoint' | 'apprunner';
          onDetach?: 'keep-private' | 'restore-public';
          cutover?: 'auto' | 'when-possible' | 'immediately';
          /** Milliseconds; absent: the stack's own */
          cutoverDeadline?: number;
        }[];
        exceptions: {
          /** Everything given has to hold; of a list, one is enough */
          match: {
            accounts?: string[];
            units?: string[];
            regions?: string[];
            services?: string[];
            tags?: Record<string, string>;
          };
          reason: string;
          until: string;
        }[];
        limits: {
          changes: {
            count?: number;
            /** Of the services looked after: more than 0, at most 1 */
            share?: number;
          };
          detaches: {
            count?: number;
            /** Of the services looked after: more than 0, at most 1 */
            share?: number;
          };
        };
      };
    };
    AttachRequest: {
      /** Custom domains, five at most (App Runner’s limit) */
      domains?: string[] | null;
      /** The VPC to be reachable from */
      vpc?: string | null;
      /** The interface endpoint to attach to */
      endpoint?: string | null;
      /** What the alias records point at */
      strategy?: 'auto' | 'endpoint' | 'apprunner' | null;
      /** Hosted zones to prefer */
      zones?: string[] | null;
    };
    AdoptRequest: {
      /** Domains of the service whose standing records are to be taken over */
      domains: string[];
    };
    EmptyRequest: Record<string, never>;
    Accepted: {
      /** ARN */
      service: string;
      asked: 'attach' | 'detach' | 'release' | 'adopt' | 'reconcile';
      /** The tags that were written; neither where they were so already */
      tags: {
        set: Record<string, string>;
        removed: string[];
      };
      /** Path at which to see what comes of it */
      watch: string;
    };
    PlanRequest: {
      /** ARN of an App Runner service */
      serviceArn: string;
    };
    Planned: {
      /** ARN of the service */
      serviceArn: string;
      /** What would follow, for people */
      follows: string;
      /** The service, and its plan */
      service: components['schemas']['Service'];
    };
    FindingCode:
      | 'tag-value-unknown'
      | 'tag-missing'
      | 'tag-overruled'
      | 'tag-ignored'
      | 'exception-expired'
      | 'audit'
      | 'domain-invalid'
      | 'domain-not-allowed'
      | 'domains-too-many'
      | 'zone-not-found'
      | 'zone-not-allowed'
      | 'zone-not-associated'
      | 'vpc-not-given'
      | 'vpc-not-found'
      | 'vpc-not-allowed'
      | 'vpc-shared'
      | 'vpc-dns-off'
      | 'subnets-not-found'
      | 'endpoint-not-found'
      | 'endpoint-single-zone'
      | 'endpoint-unused'
      | 'endpoint-unusable'
      | 'endpoint-closed'
      | 'service-create-failed'
      | 'service-delete-failed'
      | 'connection-failed'
      | 'connection-given-up'
      | 'connection-elsewhere'
      | 'alias-fallback'
      | 'caa-forbids'
      | 'certificate-not-renewing'
      | 'certificate-failed'
      | 'domain-taken'
      | 'validation-record-foreign'
      | 'record-foreign'
      | 'ownership-lost'
      | 'record-left'
      | 'dns-wrong'
      | 'dns-unobservable'
      | 'no-longer-verified'
      | 'name-unreachable'
      | 'row-unreadable'
      | 'overdue'
      | 'access-denied'
      | 'refused'
      | 'contested';
    SweepCode:
      | 'role-refused'
      | 'permission-missing'
      | 'region-disabled'
      | 'throttled'
      | 'unavailable'
      | 'not-answered'
      | 'failed'
      | 'endpoint-unused'
      | 'record-orphaned';
    Severity: 'info' | 'warning' | 'error';
    Phase:
      | 'waiting-for-service'
      | 'attaching'
      | 'waiting-for-dns'
      | 'waiting-for-certificate'
      | 'ready'
      | 'ready-unverified'
      | 'detaching'
      | 'detached'
      | 'released'
      | 'blocked';
    Problem: {
      /** Stable; one of docs/api-errors.md */
      type: string;
      title: string;
      status: number;
      /** What is wrong, this time */
      detail: string;
      /** urn:request: and the id of the request, to be found in the logs */
      instance: string;
      /** What to do */
      remedy: string;
      errors?: {
        /** JSON pointer into the body, as a URI fragment: #/domains/0 */
        pointer?: string;
        /** Name of a query or path parameter */
        parameter?: string;
        header?: string;
        /** What is wrong there, and what was expected */
        detail: string;
      }[];
    };
  };
}
