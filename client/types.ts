/** Made by `npm run docs` from the description of the API. */
export interface paths {
    "/v1/setups": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Gives a cluster's workloads their AWS roles, and proves it */
        post: operations["start-setup"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/operations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The operations, newest first */
        get: operations["list-operations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/operations/{operationId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One operation with its steps, its result or its error. With Accept: text/plain, the response is a text for people */
        get: operations["get-operation"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/operations/{operationId}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Stops a running operation; created objects remain */
        post: operations["cancel-operation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/clusters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The clusters, by name */
        get: operations["list-clusters"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/clusters/{cluster}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One cluster: its spec and its status */
        get: operations["get-cluster"];
        /** Replaces the spec of a cluster and the workloads of one manager, and starts a setup that applies them. Removes workloads only with removals=allow */
        put: operations["put-cluster"];
        post?: never;
        /** Removes what setups have made for a cluster, and with deleteCluster the cluster itself */
        delete: operations["tear-down-cluster"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/clusters/{cluster}/generations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The generations of the spec of a cluster, newest first: who wrote each, when, and what it changed */
        get: operations["list-generations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/clusters/{cluster}/generations/{generation}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One generation of the spec of a cluster, in full */
        get: operations["get-generation"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/workloads": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The workloads of all clusters, in the order of clusters, namespaces and accounts */
        get: operations["list-workloads"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/clusters/{cluster}/workloads": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Gives one more workload of a cluster its role: a setup with the spec of the cluster */
        post: operations["add-workload"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/clusters/{cluster}/workloads/{namespace}/{serviceAccount}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Takes the role from one workload of a cluster, and deletes the role */
        delete: operations["tear-down-workload"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/clusters/{cluster}/workloads/{namespace}/{serviceAccount}/manifest": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A manifest for pods of a workload, or a patch for its Deployment, with webhook or without */
        get: operations["get-manifest"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/clusters/{cluster}/rights": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Manifests of the Kubernetes rights that operations on a recorded cluster and all its workloads need */
        get: operations["get-rights"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/rights": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Manifests of the Kubernetes rights that a setup of this request needs. Reads no record */
        post: operations["compute-rights"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/clusters/{cluster}/verifications": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Proves again that one workload, or each workload of the cluster, gets sessions of its role */
        post: operations["start-verification"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/plans": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Reports what a setup of this request would do, and changes nothing */
        post: operations["start-plan"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/clusters/{cluster}/drift": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Reports the differences of the cluster, or of one workload, from the spec. Changes nothing */
        post: operations["start-drift"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/rotations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Brings thumbprints and certificates of all clusters up to date, and verifies their workloads */
        post: operations["start-rotation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/clusters/{cluster}/agent/enrolments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Creates a code with which the agent of a cluster can enrol once, within an hour */
        post: operations["create-enrolment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/clusters/{cluster}/signing-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Publishes the current signing keys of a cluster whose issuer the deployment hosts */
        post: operations["refresh-signing-keys"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/clusters/{cluster}/signing-keys/{kid}/revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Revokes a published signing key. It is not published again before a teardown of the cluster */
        post: operations["revoke-signing-key"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/clusters/{cluster}/signing-keys/{kid}/accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Accepts a signing key that no published key vouches for. The waiting operation then publishes it */
        post: operations["accept-signing-key"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/access": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who the caller is, what it may do, and which roles may do the rest */
        get: operations["get-access"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This description of the API, in OpenAPI 3.1 */
        get: operations["get-openapi"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description What a cluster and its workloads are to have */
        SetupRequest: {
            cluster: components["schemas"]["RequestedCluster"];
            discovery?: components["schemas"]["Discovery"];
            /** @default {} */
            webhook?: components["schemas"]["Webhook"];
            /** @description The workloads; at most 400 */
            workloads: components["schemas"]["RequestedWorkload"][];
            /**
             * @description Use and label existing objects of the same names
             * @default false
             */
            adopt?: boolean;
            /**
             * @description Scheduled drifts: report notifies of differences; repair also restores what is missing or changed, and removes nothing; suspended: there are none
             * @default report
             * @enum {string}
             */
            reconcile?: "report" | "repair" | "suspended";
        } & ({
            cluster?: {
                /** @constant */
                provider?: "existing";
                management?: never;
                spec?: never;
                nodePools?: never;
            };
            discovery?: unknown;
        } | {
            cluster?: {
                /** @constant */
                provider?: "gke-on-aws";
                issuerUrl?: never;
                spec?: never;
                nodePools?: never;
            };
            discovery?: {
                hosting?: never;
            };
        } | {
            cluster?: {
                /** @constant */
                provider?: "gke-on-aws";
                issuerUrl?: never;
            };
            discovery: {
                hosting?: never;
            };
        });
        /** @description The spec of a cluster */
        ClusterSpec: {
            cluster: components["schemas"]["RequestedCluster"];
            discovery?: components["schemas"]["Discovery"];
            /** @default {} */
            webhook?: components["schemas"]["Webhook"];
            /** @description The workloads; at most 400 */
            workloads?: components["schemas"]["RequestedWorkload"][];
            /**
             * @description Use and label existing objects of the same names
             * @default false
             */
            adopt?: boolean;
            /**
             * @description Scheduled drifts: report notifies of differences; repair also restores what is missing or changed, and removes nothing; suspended: there are none
             * @default report
             * @enum {string}
             */
            reconcile?: "report" | "repair" | "suspended";
        } & ({
            cluster?: {
                /** @constant */
                provider?: "existing";
                management?: never;
                spec?: never;
                nodePools?: never;
            };
            discovery?: unknown;
        } | {
            cluster?: {
                /** @constant */
                provider?: "gke-on-aws";
                issuerUrl?: never;
                spec?: never;
                nodePools?: never;
            };
            discovery?: {
                hosting?: never;
            };
        } | {
            cluster?: {
                /** @constant */
                provider?: "gke-on-aws";
                issuerUrl?: never;
            };
            discovery: {
                hosting?: never;
            };
        });
        /** @description The cluster */
        RequestedCluster: {
            /** @description Name of the cluster; with gke-on-aws, of its AWSCluster */
            name: string;
            /**
             * @description gke-on-aws: Anthos clusters on AWS (previous generation); existing: any other cluster that exists, such as k3s or kubeadm
             * @enum {string}
             */
            provider: "gke-on-aws" | "existing";
            management?: components["schemas"]["Management"];
            /**
             * @description direct, the default: functions call the API server, with the credentials in a secret; agent: the agent in the cluster relays their requests, and AWS has no credentials of the cluster
             * @enum {string}
             */
            connection?: "direct" | "agent";
            /** @description ARN of the secret with its credentials; for a new cluster, filled during the setup; left out with connection agent */
            credentialsSecretArn?: string;
            /** @description HTTP CONNECT proxy of the cluster: an http URL with host and port */
            proxyUrl?: string;
            /** @description Issuer, only with existing; read from a token by default */
            issuerUrl?: string;
            /** @description AWS account of provider and roles, one of the setting accounts; the account of the deployment by default */
            awsAccountId?: string;
            /**
             * @description Minutes to wait until the cluster is ready, 5 to 720
             * @default 60
             */
            readyTimeoutMinutes?: number;
            spec?: components["schemas"]["AWSClusterSpec"];
            /** @description Node pools to create; only with spec */
            nodePools?: {
                /** @description Name of the AWSNodePool */
                name: string;
                spec: components["schemas"]["AWSNodePoolSpec"];
            }[];
        } & ({
            /** @constant */
            connection?: "direct";
        } | {
            /** @constant */
            connection: "agent";
            credentialsSecretArn?: never;
            proxyUrl?: never;
        });
        /** @description Management cluster; gke-on-aws needs it */
        Management: {
            /** @description ARN of the secret with its credentials: a kubeconfig, or JSON with server, caData and token */
            credentialsSecretArn: string;
            /**
             * @description Namespace of the AWSCluster and its AWSNodePools
             * @default default
             */
            namespace?: string;
            /** @description HTTP CONNECT proxy of the management cluster: an http URL with host and port */
            proxyUrl?: string;
        };
        /** @description Spec of the AWSCluster; left out if it exists */
        AWSClusterSpec: {
            /** @description AWS region of the cluster */
            region: string;
            /** @description Network of the cluster */
            networking: {
                /** @description VPC of the cluster */
                vpcID: string;
                /** @description One IPv4 range of the pods, such as 10.2.0.0/16 */
                podAddressCIDRBlocks: components["schemas"]["IPv4Range"][];
                /** @description One IPv4 range of the services, such as 10.1.0.0/16 */
                serviceAddressCIDRBlocks: components["schemas"]["IPv4Range"][];
                /** @description Subnets of load balancers */
                serviceLoadBalancerSubnetIDs?: string[];
                /** @description The same, as the documentation of Google spells it */
                ServiceLoadBalancerSubnetIDs?: string[];
            };
            /** @description Control plane of the cluster */
            controlPlane: {
                /** @description Version of the control plane, 1.19 or newer */
                version: string;
                /** @description EC2 instance type */
                instanceType: string;
                /** @description EC2 key pair */
                keyName?: string;
                /** @description Subnets, one for each zone */
                subnetIDs: string[];
                /** @description Additional security groups */
                securityGroupIDs?: string[];
                /** @description Instance profile */
                iamInstanceProfile: string;
                /** @description Encryption of the secrets of the cluster */
                databaseEncryption: {
                    /** @description ARN of the KMS key */
                    kmsKeyARN: string;
                };
                /** @description Registration with Connect */
                hub?: {
                    /** @description Membership, unique in its project */
                    membershipName: string;
                };
                /** @description Cloud Logging and Monitoring */
                cloudOperations?: {
                    /** @description Google Cloud project of logs and metrics */
                    projectID: string;
                    /** @description Google Cloud region of logs and metrics */
                    location: string;
                    /** @description Cloud Logging */
                    enableLogging?: boolean;
                    /** @description Cloud Monitoring */
                    enableMonitoring?: boolean;
                };
                /** @description Tags of the AWS resources */
                tags?: {
                    [key: string]: string;
                };
                /** @description Secret with the proxy configuration, in the management cluster */
                proxySecretName?: string;
                /** @description Filled in from discovery */
                workloadIdentity?: {
                    /** @description The discovery bucket */
                    oidcDiscoveryGCSBucket?: string;
                };
                /** @description Root volume of the control plane */
                rootVolume?: {
                    /** @description Size in GiB */
                    sizeGiB?: number;
                    /**
                     * @description EBS volume type
                     * @enum {string}
                     */
                    volumeType?: "gp2" | "gp3" | "io1" | "io2";
                    /** @description Provisioned IOPS; only with gp3, io1 or io2 */
                    iops?: number;
                    /** @description ARN of the KMS key that encrypts the volume */
                    kmsKeyARN?: string;
                } & ({
                    /** @constant */
                    volumeType?: "gp2";
                    iops?: never;
                } | {
                    /** @constant */
                    volumeType: "gp3";
                } | {
                    /** @enum {unknown} */
                    volumeType: "io1" | "io2";
                });
                /** @description etcd */
                etcd?: {
                    /** @description Data volume of etcd */
                    mainVolume?: {
                        /** @description Size in GiB */
                        sizeGiB?: number;
                        /**
                         * @description EBS volume type
                         * @enum {string}
                         */
                        volumeType?: "gp2" | "gp3" | "io1" | "io2";
                        /** @description Provisioned IOPS; only with gp3, io1 or io2 */
                        iops?: number;
                        /** @description ARN of the KMS key that encrypts the volume */
                        kmsKeyARN?: string;
                    } & ({
                        /** @constant */
                        volumeType?: "gp2";
                        iops?: never;
                    } | {
                        /** @constant */
                        volumeType: "gp3";
                    } | {
                        /** @enum {unknown} */
                        volumeType: "io1" | "io2";
                    });
                };
            };
            /** @description Login of people */
            authentication?: {
                /** @description Login by IAM */
                awsIAM?: {
                    /** @description ARNs of administrators */
                    adminIdentityARNs: string[];
                };
                /** @description OpenID Connect providers, without a client secret */
                oidc?: {
                    [key: string]: string;
                }[];
            };
        };
        /** @description Spec of the AWSNodePool */
        AWSNodePoolSpec: {
            /** @description Name of the cluster; filled in */
            clusterName?: string;
            /** @description Version; that of the control plane by default */
            version?: string;
            /** @description AWS region; only that of the cluster */
            region?: string;
            /** @description Subnet of the nodes */
            subnetID: string;
            /** @description Minimum number of nodes */
            minNodeCount: number;
            /** @description Maximum number of nodes */
            maxNodeCount: number;
            /** @description Maximum number of pods on a node */
            maxPodsPerNode?: number;
            /** @description EC2 instance type */
            instanceType: string;
            /** @description EC2 key pair */
            keyName?: string;
            /** @description Instance profile */
            iamInstanceProfile: string;
            /** @description Secret with the proxy configuration, in the management cluster */
            proxySecretName?: string;
            /** @description Root volume of the nodes */
            rootVolume?: {
                /** @description Size in GiB */
                sizeGiB?: number;
                /**
                 * @description EBS volume type
                 * @enum {string}
                 */
                volumeType?: "gp2" | "gp3" | "io1" | "io2";
                /** @description Provisioned IOPS; only with gp3, io1 or io2 */
                iops?: number;
                /** @description ARN of the KMS key that encrypts the volume */
                kmsKeyARN?: string;
            } & ({
                /** @constant */
                volumeType?: "gp2";
                iops?: never;
            } | {
                /** @constant */
                volumeType: "gp3";
            } | {
                /** @enum {unknown} */
                volumeType: "io1" | "io2";
            });
            /** @description Kubernetes labels of the nodes */
            labels?: {
                [key: string]: string;
            };
            /** @description Taints of the nodes */
            taints?: {
                /** @description Key of the taint */
                key: string;
                /** @description Value of the taint */
                value?: string;
                /**
                 * @description Effect of the taint
                 * @enum {string}
                 */
                effect: "NoSchedule" | "PreferNoSchedule" | "NoExecute";
            }[];
            /** @description Tags of the AWS resources */
            tags?: {
                [key: string]: string;
            };
        };
        /** @description IPv4 range with a prefix of 8 to 28 bits */
        IPv4Range: string;
        /** @description Host of the discovery documents: a bucket, which a new cluster needs, or the deployment; left out if the cluster publishes them itself */
        Discovery: {
            /**
             * @description deployment: the deployment hosts the issuer of an existing cluster with a private issuer
             * @enum {string}
             */
            hosting?: "deployment";
            /** @description true: the API server may refuse the tokens of running pods until the kubelet renews them, within 50 minutes; needed if it accepts one issuer only */
            acceptRefusedTokens?: boolean;
            /** @description Cloud Storage bucket; created if missing */
            bucket?: string;
            /** @description Google Cloud project of the bucket */
            projectId?: string;
            /** @description Location of the bucket */
            location?: string;
            /** @description Google service account of the management service, which writes the documents */
            managementServiceAccount?: string;
            /**
             * @description Role of that account on the bucket
             * @default roles/storage.objectAdmin
             * @enum {string}
             */
            managementRole?: "roles/storage.objectAdmin" | "roles/storage.objectUser" | "roles/storage.admin";
        } & ({
            hosting?: never;
            acceptRefusedTokens?: never;
        } | {
            bucket?: never;
            projectId?: never;
            location?: never;
            managementServiceAccount?: never;
            managementRole?: never;
        });
        /** @description The pod identity webhook */
        Webhook: {
            /**
             * @description install: the setup installs it; managed: the cluster has one; none: pods mount the token themselves
             * @default install
             * @enum {string}
             */
            mode?: "install" | "managed" | "none";
            /**
             * @description Source of its certificate; auto: csr up to Kubernetes 1.21, own-ca from 1.22
             * @default auto
             * @enum {string}
             */
            certificate?: "auto" | "own-ca" | "csr";
            /** @description Image with tag or digest; by default the recorded one, or one that fits the cluster */
            image?: string;
            /**
             * @description Namespace of the webhook
             * @default workload-identity-webhook
             */
            namespace?: string;
            /**
             * @description New pods while the webhook is down: Ignore starts them without credentials, Fail refuses them; left out, an installed webhook stays as recorded
             * @default Ignore
             * @enum {string}
             */
            failurePolicy?: "Ignore" | "Fail";
        } & ({
            /** @constant */
            mode?: "install";
            /** @enum {unknown} */
            certificate?: "auto" | "own-ca";
            image?: unknown;
        } | {
            /** @constant */
            mode?: "install";
            /** @constant */
            certificate: "csr";
            image?: unknown;
        } | {
            /** @enum {unknown} */
            mode: "managed" | "none";
            /** @constant */
            certificate?: "auto";
            image?: never;
            /** @constant */
            namespace?: "workload-identity-webhook";
            /** @constant */
            failurePolicy?: "Ignore";
        });
        /** @description A workload */
        RequestedWorkload: {
            /** @description Namespace of the workload */
            namespace: string;
            /** @description Kubernetes service account of the workload */
            serviceAccount: string;
            /** @description IAM role of the workload */
            role: {
                /** @description Name of the role; CLUSTER-NAMESPACE-ACCOUNT-HASH by default */
                name?: string;
                /** @description ARNs of managed policies that the deployment allows; at most 10 */
                policyArns?: string[];
                inlinePolicy?: components["schemas"]["PolicyDocument"];
                /**
                 * @description Maximum session in seconds, 3600 to 43200
                 * @default 3600
                 */
                maxSessionSeconds?: number;
            } & (unknown | unknown);
        };
        /** @description IAM policy document of this role alone; at most 10,240 characters */
        PolicyDocument: {
            [key: string]: unknown;
        } & {
            /** @enum {string} */
            Version: "2012-10-17" | "2008-10-17";
            /** @description Any text of Latin-1 */
            Id?: string;
            Statement: ({
                Sid?: string;
                /** @enum {string} */
                Effect: "Allow" | "Deny";
                Principal?: unknown;
                NotPrincipal?: unknown;
                Action?: string | string[];
                NotAction?: string | string[];
                Resource?: string | string[];
                NotResource?: string | string[];
                Condition?: {
                    [key: string]: {
                        [key: string]: (string | number | boolean) | (string | number | boolean)[];
                    };
                };
            } & ((unknown | unknown) & (unknown | unknown))) | ({
                Sid?: string;
                /** @enum {string} */
                Effect: "Allow" | "Deny";
                Principal?: unknown;
                NotPrincipal?: unknown;
                Action?: string | string[];
                NotAction?: string | string[];
                Resource?: string | string[];
                NotResource?: string | string[];
                Condition?: {
                    [key: string]: {
                        [key: string]: (string | number | boolean) | (string | number | boolean)[];
                    };
                };
            } & ((unknown | unknown) & (unknown | unknown)))[];
        };
        VerificationRequest: {
            /** @description The only workload to verify. If absent, all workloads are verified */
            workload?: {
                /** @description Namespace of the workload */
                namespace: string;
                /** @description Kubernetes service account of the workload */
                serviceAccount: string;
            };
        };
        DriftRequest: {
            /** @description The only workload to compare, in addition to the cluster. If absent, all workloads are compared */
            workload?: {
                /** @description Namespace of the workload */
                namespace: string;
                /** @description Kubernetes service account of the workload */
                serviceAccount: string;
            };
        };
        RotationRequest: {
            /**
             * @description Only reports what it would do, and writes nothing
             * @default false
             */
            dryRun?: boolean;
        };
        KeyRevocationRequest: {
            /**
             * @description Revokes the key even if the cluster signs with it or no other key is published. AWS then refuses every token of the cluster
             * @default false
             */
            force?: boolean;
        };
        KeyAcceptanceRequest: {
            /** @description RFC 7638, SHA-256, base64url: the thumbprint of the waiting key, which the waiting reason and `waitingKeys` of the status show */
            thumbprint: string;
        };
        EnrolmentRequest: {
            /** @description true: the new agent may replace an enrolled one */
            renew?: boolean;
        };
        Operation: {
            operationId: string;
            /** @enum {string} */
            kind: "setup" | "verification" | "plan" | "drift" | "rotation" | "key-refresh" | "key-revocation" | "teardown";
            /** @description Absent for an operation on all clusters */
            cluster?: string;
            /** @description Namespaces of the workloads that its request names */
            namespaces?: string[];
            /** @description Only for a teardown of one workload: that workload. The cluster stays */
            workload?: {
                /** @description Namespace of the workload */
                namespace: string;
                /** @description Kubernetes service account of the workload */
                serviceAccount: string;
            };
            /**
             * @description The operation only reports changes, and does not make them
             * @constant
             */
            dryRun?: true;
            /** @enum {string} */
            status: "queued" | "running" | "succeeded" | "failed" | "cancelled";
            /** @description Fields that the request leaves out, with the values that were taken from the record */
            asRecorded?: {
                [key: string]: string;
            };
            /** @description ARN of the caller, or issuer and subject of its token */
            requestedBy: string;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            startedAt?: string;
            /** Format: date-time */
            endedAt?: string;
            error?: components["schemas"]["OperationError"];
            /** @description The result, by the kind of the operation: a setup or verification, a teardown, a plan, a drift, a rotation, a refresh or revocation of signing keys */
            result?: components["schemas"]["SetupResult"] | components["schemas"]["TeardownResult"] | components["schemas"]["PlanResult"] | components["schemas"]["DriftResult"] | components["schemas"]["RotationResult"] | components["schemas"]["SigningKeysResult"];
            /**
             * @description Another operation was changing the cluster. A later operation applies the spec of this operation
             * @constant
             */
            waits?: true;
            /** @description Only for an operation that waits: the operation that applies its spec */
            broughtAboutBy?: string;
            /** @description The request in its normal form */
            request: {
                [key: string]: unknown;
            };
            /** @description The steps, in the order in which they started */
            steps: {
                state: string;
                /** @description namespace/account in a step that runs for each workload; the name of the cluster in a step of a rotation */
                item?: string;
                /** @description How often the function of the step was started, including retries and polls */
                attempts: number;
                /** Format: date-time */
                startedAt: string;
                /** Format: date-time */
                endedAt?: string;
                /** @description The changes, one for each object */
                changes: components["schemas"]["Change"][];
                /**
                 * @description stopped: the operation ended while the step was under way
                 * @enum {string}
                 */
                status: "running" | "waiting" | "succeeded" | "failed" | "stopped";
                /** @description Why the step is not done yet, and what can be done */
                waitingFor?: string;
                /** @description What a person has to do before the step continues, if that is known */
                task?: {
                    /** @description What is needed, in a few words */
                    title: string;
                    /** @description In their order */
                    commands: {
                        purpose: string;
                        /** @description To copy: a command for a shell, or lines for the file that the purpose names */
                        command: string;
                    }[];
                    /** @description The page of the documentation, from the root of the repository */
                    link?: string;
                };
                /**
                 * Format: date-time
                 * @description When the step stops waiting, and the operation fails
                 */
                waitsUntil?: string;
                error?: components["schemas"]["StepError"];
            }[];
            /** @description The operation that changes the cluster now. Present while this operation waits for it */
            waitsFor?: string;
            /** @description The newest Kubernetes events of the AWSCluster, from the last check that found it not ready */
            clusterEvents: components["schemas"]["ClusterEvent"][];
        };
        OperationSummary: {
            operationId: string;
            /** @enum {string} */
            kind: "setup" | "verification" | "plan" | "drift" | "rotation" | "key-refresh" | "key-revocation" | "teardown";
            /** @description Absent for an operation on all clusters */
            cluster?: string;
            /** @description Namespaces of the workloads that its request names */
            namespaces?: string[];
            /** @description Only for a teardown of one workload: that workload. The cluster stays */
            workload?: {
                /** @description Namespace of the workload */
                namespace: string;
                /** @description Kubernetes service account of the workload */
                serviceAccount: string;
            };
            /**
             * @description The operation only reports changes, and does not make them
             * @constant
             */
            dryRun?: true;
            /** @enum {string} */
            status: "queued" | "running" | "succeeded" | "failed" | "cancelled";
            /** @description Fields that the request leaves out, with the values that were taken from the record */
            asRecorded?: {
                [key: string]: string;
            };
            /** @description ARN of the caller, or issuer and subject of its token */
            requestedBy: string;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            startedAt?: string;
            /** Format: date-time */
            endedAt?: string;
            error?: components["schemas"]["OperationError"];
            /**
             * @description Another operation was changing the cluster. A later operation applies the spec of this operation
             * @constant
             */
            waits?: true;
            /** @description Only for an operation that waits: the operation that applies its spec */
            broughtAboutBy?: string;
        };
        OperationPage: {
            operations: components["schemas"]["OperationSummary"][];
            /** @description Path of the next page, when there may be one */
            next?: string;
        };
        OperationError: {
            name: string;
            object: string;
            reason: string;
            action: string;
            /** @description The state that failed */
            step?: string;
            /** @description namespace/account of the workload that it failed for */
            item?: string;
        };
        StepError: {
            name: string;
            object: string;
            reason: string;
            action: string;
        };
        Change: {
            /** @description An ARN, a URL, or Kind namespace/name */
            object: string;
            /** @enum {string} */
            action: "created" | "updated" | "unchanged" | "adopted" | "deleted";
            detail?: string;
            /** @description In a dry run, field by field */
            differences?: components["schemas"]["Difference"][];
            /** @description In a dry run, what others have added and is left */
            additions?: components["schemas"]["Difference"][];
            /** @description In a dry run, what would be created: the manifest of a Kubernetes object, never of a Secret; of a role its trust policy */
            made?: {
                [key: string]: unknown;
            };
            /** @description In a dry run, the error that writing it would end in */
            refused?: components["schemas"]["StepError"];
            /**
             * @description In a dry run: it is removed again at the end, or a rotation does it, too
             * @constant
             */
            temporary?: true;
        };
        Difference: {
            field: string;
            /** @description Left out when the field should not be there */
            desired?: unknown;
            /** @description Left out when the field is not there */
            observed?: unknown;
            /** @description The field manager that owns the field now, if Kubernetes reports one */
            manager?: string;
            /** @description When that manager last wrote to the object */
            changedAt?: string;
        };
        ClusterEvent: {
            time: string;
            type: string;
            reason: string;
            message: string;
        };
        SetupResult: {
            /** @description Cluster id, issuer, keys and Kubernetes version */
            facts: {
                [key: string]: unknown;
            };
            providerArn: string;
            webhook: {
                [key: string]: unknown;
            };
            /** @description The proofs, one for each workload */
            proofs: components["schemas"]["Proof"][];
        };
        Proof: {
            roleArn: string;
            subject: string;
            audience: string;
            provider: string;
            assumedRoleArn: string;
            expiresAt: string;
            refused: {
                subject: string;
                audience: string;
                answer: string;
            }[];
            /** @description When STS last refused tokens of other accounts and audiences, if this proof has tried none */
            refusedAt?: string;
            policyArns: string[];
            inlinePolicy: boolean;
            /** @enum {string} */
            mutation: "mutated" | "not installed";
        };
        TeardownResult: {
            /** @description Objects that were not removed, each with the reason */
            remaining: components["schemas"]["OperationError"][];
            /** @description Objects in an unreachable cluster, which a teardown with force abandons and counts as removed */
            abandoned: components["schemas"]["OperationError"][];
            /** @description Only for a complete teardown of a cluster: the objects that it does not remove, with the commands that remove them */
            stays?: {
                object: string;
                reason: string;
                /** @description The command that removes the object. Absent for namespaces that others may use */
                command?: string;
            }[];
            /** @description Of a dry run: pods that run with an account that would lose its role */
            pods?: {
                namespace: string;
                serviceAccount: string;
                /** @description What keeps the pods; left out for a pod that somebody made alone */
                controller?: {
                    apiVersion: string;
                    kind: string;
                    name: string;
                };
                /** @description Names, ten at most */
                pods: string[];
                /** @description How many there are */
                count: number;
            }[];
            /** @description Of a dry run: namespaces whose pods could not be listed */
            unseen?: string[];
        };
        PlanResult: {
            /**
             * @description unchanged: a setup would write nothing; changes: it would make the writes; refused: it would fail with the problems; incomplete: not everything could be checked, so there may be more writes and problems
             * @enum {string}
             */
            outcome: "unchanged" | "changes" | "refused" | "incomplete";
            /** @description Why the plan is incomplete */
            reason?: string;
            /** @description What a setup would write after the `problems` are solved, in the order of the setup */
            writes: {
                /** @description An ARN, a URL, or Kind namespace/name */
                object: string;
                /** @enum {string} */
                action: "created" | "updated" | "unchanged" | "adopted" | "deleted";
                detail?: string;
                /** @description In a dry run, field by field */
                differences?: components["schemas"]["Difference"][];
                /**
                 * @description In a dry run: it is removed again at the end, or a rotation does it, too
                 * @constant
                 */
                temporary?: true;
                /** @description The state of the setup that would make this write */
                step: string;
                /** @description namespace/account of the workload that the write is for */
                item?: string;
            }[];
            unknown: {
                object: string;
                /** @description Why it is not known yet whether a setup would write the object */
                reason: string;
            }[];
            /** @description What a setup would wait for before it continues */
            waitingFor?: string;
            /** @description What others have added: a setup does not change it */
            additions: {
                field: string;
                /** @description Left out when the field should not be there */
                desired?: unknown;
                /** @description Left out when the field is not there */
                observed?: unknown;
                /** @description The field manager that owns the field now, if Kubernetes reports one */
                manager?: string;
                /** @description When that manager last wrote to the object */
                changedAt?: string;
                object: string;
            }[];
            /** @description The errors with which a setup would fail */
            problems: {
                name: string;
                object: string;
                reason: string;
                action: string;
                /** @description The state that failed */
                step?: string;
                /** @description namespace/account of the workload that it failed for */
                item?: string;
                /** @description The objects about which nothing is known because of the error */
                notCompared: string[];
            }[];
            summary: {
                created: number;
                updated: number;
                adopted: number;
                deleted: number;
                unchanged: number;
                /** @description Objects that a setup creates to test the webhook, and then removes. No other count includes them */
                temporary: number;
                unknown: number;
                problems: number;
            };
        };
        DriftResult: {
            /** @description Objects that do not exist */
            missing: {
                object: string;
                /**
                 * @description security: the difference may grant more rights, or give others access; function: workloads may fail because of the difference; cosmetic: neither
                 * @enum {string}
                 */
                severity: "cosmetic" | "function" | "security";
            }[];
            /** @description Fields of existing objects that are not as requested */
            changed: {
                /** @description Absent when the difference concerns the entire object */
                field?: string;
                /** @description Left out when the field should not be there */
                desired?: unknown;
                /** @description Left out when the field is not there */
                observed?: unknown;
                /** @description The field manager that owns the field now, if Kubernetes reports one */
                manager?: string;
                /** @description When that manager last wrote to the object */
                changedAt?: string;
                object: string;
                /**
                 * @description security: the difference may grant more rights, or give others access; function: workloads may fail because of the difference; cosmetic: neither
                 * @enum {string}
                 */
                severity: "cosmetic" | "function" | "security";
            }[];
            /** @description What others have added: a setup does not change it. Also leftover objects of an earlier setup: the next setup deletes them */
            additions: {
                /** @description Absent when the difference concerns the entire object */
                field?: string;
                /** @description Left out when the field should not be there */
                desired?: unknown;
                /** @description Left out when the field is not there */
                observed?: unknown;
                /** @description The field manager that owns the field now, if Kubernetes reports one */
                manager?: string;
                /** @description When that manager last wrote to the object */
                changedAt?: string;
                object: string;
                /**
                 * @description security: the difference may grant more rights, or give others access; function: workloads may fail because of the difference; cosmetic: neither
                 * @enum {string}
                 */
                severity: "cosmetic" | "function" | "security";
            }[];
            unreachable: {
                name: string;
                reason: string;
                action: string;
                /** @description The object that could not be observed */
                object: string;
            }[];
            /** @description Other reasons why objects could not be compared, why the cluster or the webhook is not ready, and why a setup would be rejected or would fail */
            problems: {
                name: string;
                object: string;
                reason: string;
                action: string;
                /** @description The state that failed */
                step?: string;
                /** @description namespace/account of the workload that it failed for */
                item?: string;
                /** @description The objects about which nothing is known because of the error */
                notCompared: string[];
            }[];
            /** @description What to do about the differences, with the command of the repair. Absent when there is nothing to do */
            toDo?: string;
            summary: {
                /**
                 * @description The highest severity of all differences. An addition counts only if its severity is security. An unreachable object or a problem counts as function. Absent when none of these exists
                 * @enum {string}
                 */
                severity?: "cosmetic" | "function" | "security";
                /** @description The number of missing objects and changed fields */
                differences: number;
                missing: number;
                changed: number;
                additions: number;
                unreachable: number;
                problems: number;
            };
        };
        RotationResult: {
            /** @description Each cluster for which the rotation has a result, sorted by name */
            clusters: {
                cluster: string;
                /**
                 * @description Published: keys of an issuer that the deployment hosts. Narrowed: the roles of the cluster no longer trust its former issuer. Added, pruned: thumbprints of the provider. Renewed: a stored token of the cluster or the certificate of the webhook was renewed, or a certificate request of the webhook was approved. If the rotation did several of these, the outcome is the first of renewed, added, pruned, narrowed, published
                 * @enum {string}
                 */
                outcome: "unchanged" | "published" | "narrowed" | "added" | "pruned" | "renewed" | "skipped" | "failed";
                /** @description Why the cluster was skipped */
                why?: string;
                added?: string[];
                removed?: string[];
                /** @description The operation that verifies the workloads of the cluster after the rotation */
                verificationId?: string;
                /** @description Why the workloads of the cluster were not verified */
                notVerified?: string;
                error?: components["schemas"]["OperationError"];
            }[];
            /** @description The number of clusters with each outcome */
            counts: {
                [key: string]: number;
            };
        };
        SigningKeysResult: {
            /** @description IDs of the keys that are published now */
            published: string[];
            /** @description Of `published`, the keys that were not published before the operation */
            added: string[];
            /** @description Of `published`, the keys that the cluster no longer has, with the time until which they stay published */
            kept: {
                kid: string;
                until: string;
            }[];
            /** @description IDs of the revoked keys, which are not published again before a teardown of the cluster */
            revoked: string[];
            /** @description When AWS uses the new key set */
            takesEffect: string;
        };
        SigningKeyStates: {
            published: string[];
            kept: {
                kid: string;
                until: string;
            }[];
            revoked: string[];
            /** @description IDs of the keys that administrators have accepted */
            accepted: string[];
        };
        Cluster: {
            name: string;
            provider: string;
            /**
             * @description Whether functions call the API server, or the agent in the cluster relays their requests
             * @enum {string}
             */
            connection: "direct" | "agent";
            /** @description The enrolled agent. Absent with a direct connection, and before an enrolment */
            agent?: {
                /** @description The version of the agent */
                version: string;
                /**
                 * Format: date-time
                 * @description When the agent last called the API. A call is recorded once a minute at most
                 */
                calledAt: string;
                /** Format: date-time */
                enrolledAt: string;
                /** @description The caller who has created the code */
                enrolledBy: string;
            };
            /** @description The health by the conditions of the cluster, and by those of its workloads that the caller may see */
            health: components["schemas"]["Health"];
            /** @description The operation that may change the cluster: no other change starts before it has ended */
            runningOperationId?: string;
            lastOperationId: string;
            /** @description When all workloads were last proven. Absent before a setup has succeeded */
            verifiedAt?: string;
            /** @description When the credentials in the secret of the cluster expire. Absent when they have no expiration time */
            credentialsEndAt?: string;
            createdAt: string;
            updatedAt: string;
            /** @description The version number of the spec. Each change of the spec increases it */
            generation: number;
            /** @description The complete spec. A setup with this spec as its request changes nothing. The spec has the bucket of an earlier request if the newest request names none */
            spec: {
                [key: string]: unknown;
            };
            /** @description The observed state */
            status: {
                cluster?: {
                    clusterId?: string;
                    issuerUrl: string;
                    jwksUri: string;
                    /** @description Where the AWSCluster was last found; absent without a management cluster */
                    foundAt?: {
                        /** @description URL of the API server of the management cluster */
                        server: string;
                        namespace: string;
                    };
                    /** @description AWS region of an Anthos cluster on AWS; absent for an existing cluster */
                    region?: string;
                    /** @description 1.33.2-gke.100 */
                    kubernetesVersion?: string;
                    /** @description 33 for 1.33 */
                    kubernetesMinor?: number;
                };
                /** @description The credentials in the secret of the cluster, as they were last read */
                credentials?: {
                    /**
                     * Format: date-time
                     * @description When the token or the client certificate expires; absent if it contains no expiry
                     */
                    endsAt?: string;
                    /**
                     * @description Rotations renew the token before it expires
                     * @constant
                     */
                    renewed?: true;
                };
                /** @description The credentials in the secret of the management cluster, as they were last read */
                managementCredentials?: {
                    /**
                     * Format: date-time
                     * @description When the token or the client certificate expires; absent if it contains no expiry
                     */
                    endsAt?: string;
                    /**
                     * @description Rotations renew the token before it expires
                     * @constant
                     */
                    renewed?: true;
                };
                /** @description Expiry times of these credentials for which a notification was sent */
                notifiedEnds?: string[];
                /** @description The issuer before the move of the cluster to a hosted issuer */
                formerIssuer?: {
                    issuerUrl: string;
                    /**
                     * Format: date-time
                     * @description Until when the roles of the cluster trust tokens of this issuer; absent while the cluster still issues them
                     */
                    trustedUntil?: string;
                };
                /** @description Keys that the deployment publishes for the cluster; only with discovery.hosting */
                publishedKeys?: {
                    kid: string;
                    /** @description RFC 7638, SHA-256, base64url */
                    thumbprint: string;
                    /**
                     * Format: date-time
                     * @description The time from which the API server no longer had the key; the key is published for one more day
                     */
                    missingSince?: string;
                }[];
                /** @description Keys that the deployment does not publish for the cluster again before a teardown */
                revokedKeys?: {
                    kid: string;
                    /** @description RFC 7638, SHA-256, base64url */
                    thumbprint: string;
                    /** Format: date-time */
                    revokedAt: string;
                    /** @description ARN of the caller, or issuer and subject of its token */
                    revokedBy: string;
                }[];
                /** @description Keys that sign tokens of the cluster, but are published only after an administrator accepts them */
                waitingKeys?: {
                    kid: string;
                    /** @description RFC 7638, SHA-256, base64url */
                    thumbprint: string;
                }[];
                /** @description Keys that an administrator has accepted, although no published key has vouched for them */
                acceptedKeys?: {
                    kid: string;
                    /** @description RFC 7638, SHA-256, base64url */
                    thumbprint: string;
                    /** Format: date-time */
                    acceptedAt: string;
                    /** @description ARN of the caller, or issuer and subject of its token */
                    acceptedBy: string;
                }[];
                /** @description The webhook that pods are sent to */
                webhook?: {
                    mode: string;
                    /** @description Validity of the serving certificate. If the cluster signs it: as a setup or a rotation last read it */
                    certificate?: {
                        /** Format: date-time */
                        notBefore: string;
                        /** Format: date-time */
                        notAfter: string;
                    };
                } & {
                    [key: string]: unknown;
                };
                /** @description Namespaces in which a setup may have written objects of the webhook. The objects may still exist */
                webhookNamespaces?: string[];
                /** @description Whether a candidate, which is a new version of the webhook, may exist beside the webhook in use */
                webhookCandidate?: boolean;
                providerArn?: string;
                /**
                 * Format: date-time
                 * @description When the product last created or tagged the provider: IAM propagates changes with a delay
                 */
                providerChangedAt?: string;
                /** @description Providers of earlier issuers of the cluster. They remain until a teardown */
                formerProviderArns?: string[];
                /**
                 * Format: date-time
                 * @description When all workloads were last proven; absent before a setup has succeeded
                 */
                verifiedAt?: string;
                /**
                 * Format: date-time
                 * @description When a rotation of the cluster last began, even if it then failed; dry runs do not count
                 */
                rotatedAt?: string;
                /**
                 * Format: date-time
                 * @description When a scheduled drift last recorded what it had found
                 */
                comparedAt?: string;
                /** @description The newest generation of the spec that a setup has applied completely */
                observedGeneration?: number;
                /** @description Facts about the cluster or the workload, in the form of Kubernetes conditions */
                conditions: {
                    /**
                     * @description Unknown: it could not be observed
                     * @enum {string}
                     */
                    status: "True" | "False" | "Unknown";
                    /** @description One word in CamelCase: Succeeded, Waiting, Removed, Drifted, Added, or the name of an error */
                    reason: string;
                    message: string;
                    /**
                     * @description Only for InSync: the highest severity of the differences that a drift has found
                     * @enum {string}
                     */
                    severity?: "cosmetic" | "function" | "security";
                    /**
                     * Format: date-time
                     * @description When `status` changed last
                     */
                    lastTransitionTime: string;
                    /** @enum {string} */
                    type: "BucketReady" | "DiscoveryPublished" | "ClusterReady" | "WebhookReady" | "ProviderRegistered" | "InSync" | "WorkloadsReady" | "Verified";
                }[];
                /** @description The observed state of each workload */
                workloads: {
                    role?: {
                        roleName: string;
                        roleArn: string;
                        policyArns: string[];
                        inlinePolicyName?: string;
                        /**
                         * Format: date-time
                         * @description When the product last created or tagged the role, or set its boundary or trust policy: IAM propagates changes with a delay
                         */
                        changedAt?: string;
                        /** @description Roles that the workload had under other names. They remain until a teardown */
                        formerRoles?: {
                            roleName: string;
                            roleArn: string;
                            policyArns: string[];
                            inlinePolicyName?: string;
                            /**
                             * Format: date-time
                             * @description When the product last created or tagged the role, or set its boundary or trust policy: IAM propagates changes with a delay
                             */
                            changedAt?: string;
                        }[];
                        /** @description The spec that was last applied to the role, in full */
                        applied?: {
                            name: string;
                            policyArns: string[];
                            /** @description IAM policy document of this role alone; at most 10,240 characters */
                            inlinePolicy?: {
                                [key: string]: unknown;
                            };
                            maxSessionSeconds: number;
                        };
                    };
                    /**
                     * Format: date-time
                     * @description When the workload was last proven
                     */
                    verifiedAt?: string;
                    /**
                     * Format: date-time
                     * @description When STS last refused tokens of other accounts and audiences for its role
                     */
                    refusedAt?: string;
                    /** @description Facts about the cluster or the workload, in the form of Kubernetes conditions */
                    conditions: {
                        /**
                         * @description Unknown: it could not be observed
                         * @enum {string}
                         */
                        status: "True" | "False" | "Unknown";
                        /** @description One word in CamelCase: Succeeded, Waiting, Removed, Drifted, Added, or the name of an error */
                        reason: string;
                        message: string;
                        /**
                         * @description Only for InSync: the highest severity of the differences that a drift has found
                         * @enum {string}
                         */
                        severity?: "cosmetic" | "function" | "security";
                        /**
                         * Format: date-time
                         * @description When `status` changed last
                         */
                        lastTransitionTime: string;
                        /** @enum {string} */
                        type: "RoleReady" | "AccountBound" | "Verified" | "InSync";
                    }[];
                    /** @description Namespace of the workload */
                    namespace: string;
                    /** @description Kubernetes service account of the workload */
                    serviceAccount: string;
                    /** @description Who declares the workload: file, portal, api, or another name */
                    manager?: string;
                    /**
                     * @description true: the workload has left the spec, and is not removed yet. Such a workload has no manager
                     * @constant
                     */
                    leaving?: true;
                    health: components["schemas"]["Health"];
                }[];
                /** @description Thumbprints of the provider after the last rotation. Empty before the first rotation */
                thumbprints: string[];
            };
        };
        ClusterSummary: {
            name: string;
            provider: string;
            /**
             * @description Whether functions call the API server, or the agent in the cluster relays their requests
             * @enum {string}
             */
            connection: "direct" | "agent";
            /** @description The enrolled agent. Absent with a direct connection, and before an enrolment */
            agent?: {
                /** @description The version of the agent */
                version: string;
                /**
                 * Format: date-time
                 * @description When the agent last called the API. A call is recorded once a minute at most
                 */
                calledAt: string;
                /** Format: date-time */
                enrolledAt: string;
                /** @description The caller who has created the code */
                enrolledBy: string;
            };
            /** @description The health by the conditions of the cluster, and by those of its workloads that the caller may see */
            health: components["schemas"]["Health"];
            /** @description The operation that may change the cluster: no other change starts before it has ended */
            runningOperationId?: string;
            lastOperationId: string;
            /** @description When all workloads were last proven. Absent before a setup has succeeded */
            verifiedAt?: string;
            /** @description When the credentials in the secret of the cluster expire. Absent when they have no expiration time */
            credentialsEndAt?: string;
            createdAt: string;
            updatedAt: string;
        };
        ClusterPage: {
            clusters: components["schemas"]["ClusterSummary"][];
            /** @description Path of the next page, when there may be one */
            next?: string;
        };
        Generation: {
            generation: number;
            /** @description ARN of the caller, or issuer and subject of its token */
            writtenBy: string;
            /** Format: date-time */
            writtenAt: string;
            /** @description The operation that was started to apply it */
            operationId: string;
            /** @description The spec, with the workloads that the caller may see. As the body of a PUT, it restores this generation */
            spec: {
                [key: string]: unknown;
            };
        };
        GenerationSummary: {
            generation: number;
            /** @description ARN of the caller, or issuer and subject of its token */
            writtenBy: string;
            /** Format: date-time */
            writtenAt: string;
            /** @description The operation that was started to apply it */
            operationId: string;
            /**
             * @description The status of the operation. Absent when the operation has expired, or the caller may not read it
             * @enum {string}
             */
            operationStatus?: "queued" | "running" | "succeeded" | "failed" | "cancelled";
            /** @description The changes since the previous generation, without workloads that the caller may not see. Absent when the previous generation is no longer stored. The first generation adds everything */
            changes?: {
                added: {
                    /** @description Namespace of the workload */
                    namespace: string;
                    /** @description Kubernetes service account of the workload */
                    serviceAccount: string;
                }[];
                removed: {
                    /** @description Namespace of the workload */
                    namespace: string;
                    /** @description Kubernetes service account of the workload */
                    serviceAccount: string;
                }[];
                changed: {
                    /** @description Namespace of the workload */
                    namespace: string;
                    /** @description Kubernetes service account of the workload */
                    serviceAccount: string;
                    /** @description Paths of the changed fields of the workload, such as role.policyArns */
                    fields: string[];
                }[];
                /** @description Paths of the changed fields of the rest of the spec, such as webhook.image */
                fields: string[];
            };
        };
        GenerationPage: {
            generations: components["schemas"]["GenerationSummary"][];
            /** @description Path of the next page, when there may be one */
            next?: string;
        };
        Workload: {
            cluster: string;
            /** @description Namespace of the workload */
            namespace: string;
            /** @description Kubernetes service account of the workload */
            serviceAccount: string;
            /** @description Who declares the workload: file, portal, api, or another name */
            manager?: string;
            /**
             * @description true: the workload has left the spec, and is not removed yet. Such a workload has no manager
             * @constant
             */
            leaving?: true;
            /** @description ARN of the role. Absent before a setup has created the role */
            roleArn?: string;
            /**
             * Format: date-time
             * @description When the workload was last proven
             */
            verifiedAt?: string;
            /**
             * Format: date-time
             * @description When STS last refused tokens of other accounts and audiences for its role
             */
            refusedAt?: string;
            health: components["schemas"]["Health"];
            /** @description Facts about the cluster or the workload, in the form of Kubernetes conditions */
            conditions: {
                /**
                 * @description Unknown: it could not be observed
                 * @enum {string}
                 */
                status: "True" | "False" | "Unknown";
                /** @description One word in CamelCase: Succeeded, Waiting, Removed, Drifted, Added, or the name of an error */
                reason: string;
                message: string;
                /**
                 * @description Only for InSync: the highest severity of the differences that a drift has found
                 * @enum {string}
                 */
                severity?: "cosmetic" | "function" | "security";
                /**
                 * Format: date-time
                 * @description When `status` changed last
                 */
                lastTransitionTime: string;
                /** @enum {string} */
                type: "RoleReady" | "AccountBound" | "Verified" | "InSync";
            }[];
            /** @description The operation that may change the cluster, and thus the workload */
            runningOperationId?: string;
        };
        WorkloadPage: {
            workloads: components["schemas"]["Workload"][];
            /** @description Path of the next page, when there may be one */
            next?: string;
        };
        Health: {
            /**
             * @description ready: all conditions are True. changing: an operation is under way that may change the object. failing: a condition other than InSync is False. drifted: only InSync is False. unknown: no condition is False, and a condition is Unknown or there is no condition yet
             * @enum {string}
             */
            state: "ready" | "changing" | "failing" | "drifted" | "unknown";
            /** @description The type of the first condition that is the reason for the state failing, drifted or unknown */
            because?: string;
            /**
             * @description The severity of the worst difference. Present in the state drifted
             * @enum {string}
             */
            severity?: "cosmetic" | "function" | "security";
        };
        Access: {
            caller: {
                /** @description ARN of the IAM role or user, or ISSUER#SUBJECT of a token */
                name: string;
                /** @enum {string} */
                kind: "iam" | "jwt";
                grants: {
                    /** @description Name of the grant. The audit log uses the same name */
                    name: string;
                    /** @enum {string} */
                    role: "viewer" | "developer" | "operator" | "administrator";
                    /** @description Names. * stands for any characters */
                    clusters: string[];
                    /** @description Names. * stands for any characters */
                    namespaces: string[];
                    /** @description ARNs of managed policies. * stands for any characters */
                    policyArns: string[];
                }[];
            };
            actions: {
                "get-openapi": components["schemas"]["ActionAccess"];
                "get-access": components["schemas"]["ActionAccess"];
                "list-clusters": components["schemas"]["ActionAccess"];
                "list-workloads": components["schemas"]["ActionAccess"];
                "list-operations": components["schemas"]["ActionAccess"];
                "get-cluster": components["schemas"]["ActionAccess"];
                "get-rights": components["schemas"]["ActionAccess"];
                "compute-rights": components["schemas"]["ActionAccess"];
                "get-operation": components["schemas"]["ActionAccess"];
                "get-manifest": components["schemas"]["ActionAccess"];
                "read-workload": components["schemas"]["ActionAccess"];
                "start-setup": components["schemas"]["ActionAccess"];
                "put-cluster": components["schemas"]["ActionAccess"];
                "start-plan": components["schemas"]["ActionAccess"];
                "add-workload": components["schemas"]["ActionAccess"];
                "start-verification": components["schemas"]["ActionAccess"];
                "start-drift": components["schemas"]["ActionAccess"];
                "start-rotation": components["schemas"]["ActionAccess"];
                "refresh-signing-keys": components["schemas"]["ActionAccess"];
                "create-enrolment": components["schemas"]["ActionAccess"];
                "tear-down-cluster": components["schemas"]["ActionAccess"];
                "tear-down-workload": components["schemas"]["ActionAccess"];
                "cancel-operation": components["schemas"]["ActionAccess"];
                "name-role": components["schemas"]["ActionAccess"];
                "use-inline-policy": components["schemas"]["ActionAccess"];
                "use-account": components["schemas"]["ActionAccess"];
                adopt: components["schemas"]["ActionAccess"];
                "revoke-signing-key": components["schemas"]["ActionAccess"];
                "accept-signing-key": components["schemas"]["ActionAccess"];
                force: components["schemas"]["ActionAccess"];
                "delete-cluster": components["schemas"]["ActionAccess"];
            };
            /** @description Managed policies that the caller may give to a workload in the requested cluster and namespace. If the request omits one of the two, all clusters or namespaces of the caller's grants count. * stands for any characters */
            policyArns: string[];
            /** @description The first part of the names of the secrets that the deployment can read */
            secretPrefix: string;
            /** @description AWS region of the deployment and of its secrets */
            region: string;
            /** @description AWS account of the deployment and of its secrets */
            accountId: string;
        };
        ActionAccess: {
            /** @description Whether the caller may perform the action */
            allowed: boolean;
            /** @description The roles that may perform the action, if a grant of the role covers the requested cluster and namespace. The least powerful role is first. Empty when no role may perform the action */
            roles: ("viewer" | "developer" | "operator" | "administrator")[];
        };
        Problem: {
            /** @description Names the kind of problem */
            type: string;
            /** @description The kind of problem in words, always the same */
            title: string;
            /** @description The HTTP status */
            status: number;
            /** @description What happened this time, and what to do */
            detail?: string;
            /** @description The object that the problem is about, for example the operation that is running */
            instance?: string;
            /** @description Each error in the fields of the request */
            issues?: {
                /** @description The field, such as workloads[0].role.name. Empty for the complete request */
                path: string;
                /** @description The field as a JSON Pointer (RFC 6901), such as #/workloads/0/role/name */
                pointer: string;
                /** @description What was found, what is allowed and what to do */
                message: string;
            }[];
            /** @description Each workload that another manager declares with another role */
            conflicts?: {
                /** @description Namespace of the workload */
                namespace: string;
                /** @description Kubernetes service account of the workload */
                serviceAccount: string;
                /** @description Who declares the workload: file, portal, api, or another name */
                manager: string;
            }[];
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    "start-setup": {
        parameters: {
            query?: {
                manager?: string;
                takeOver?: "true" | "false";
            };
            header?: {
                "Idempotency-Key"?: string;
                "If-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SetupRequest"];
            };
        };
        responses: {
            /** @description Accepted: read the progress of the operation at the path in Location */
            202: {
                headers: {
                    /** @description Path of the operation */
                    Location?: string;
                    /** @description Seconds to wait before the next request */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OperationSummary"];
                };
            };
            /** @description The body is not JSON; or: The request is not valid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Another change of this cluster is running; or: The state of the object does not allow this; or: Another manager declares the workload */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The spec of the cluster has another generation */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has another content type than application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The idempotency key was used for another request */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller has as many operations running as it may */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This failed on our side */
            500: {
                headers: {
                    /** @description Path of the operation, when it may have started: read the operation, or send the request again with the same Idempotency-Key */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This cannot be done just now */
            503: {
                headers: {
                    /** @description Path of the operation, when it may have started: read the operation, or send the request again with the same Idempotency-Key */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "list-operations": {
        parameters: {
            query?: {
                cluster?: string;
                kind?: "setup" | "verification" | "plan" | "drift" | "rotation" | "key-refresh" | "key-revocation" | "teardown";
                status?: "queued" | "running" | "succeeded" | "failed" | "cancelled";
                after?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The operations, newest first */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OperationPage"];
                };
            };
            /** @description The request is not valid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This failed on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This cannot be done just now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-operation": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                operationId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One operation with its steps, its result or its error. With Accept: text/plain, the response is a text for people */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Operation"];
                    "text/plain": string;
                };
            };
            /** @description The caller may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such object */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This failed on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This cannot be done just now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "cancel-operation": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                operationId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Stops a running operation; created objects remain */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OperationSummary"];
                };
            };
            /** @description The caller may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such object */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The state of the object does not allow this */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This failed on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This cannot be done just now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "list-clusters": {
        parameters: {
            query?: {
                after?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The clusters, by name */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClusterPage"];
                };
            };
            /** @description The request is not valid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This failed on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This cannot be done just now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-cluster": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                cluster: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One cluster: its spec and its status */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Cluster"];
                };
            };
            /** @description The caller may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such object */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This failed on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This cannot be done just now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "put-cluster": {
        parameters: {
            query?: {
                manager?: string;
                takeOver?: "true" | "false";
                removals?: "allow" | "refuse";
                dryRun?: "true" | "false";
            };
            header?: {
                "Idempotency-Key"?: string;
                "If-Match"?: string;
            };
            path: {
                cluster: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ClusterSpec"];
            };
        };
        responses: {
            /** @description Accepted: read the progress of the operation at the path in Location */
            202: {
                headers: {
                    /** @description Path of the operation */
                    Location?: string;
                    /** @description Seconds to wait before the next request */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OperationSummary"];
                };
            };
            /** @description The body is not JSON; or: The request is not valid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such object */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Another change of this cluster is running; or: The state of the object does not allow this; or: Another manager declares the workload; or: The request would remove workloads, and does not allow that */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The spec of the cluster has another generation */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has another content type than application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The idempotency key was used for another request */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request has to name the generation of the spec */
            428: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller has as many operations running as it may */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This failed on our side */
            500: {
                headers: {
                    /** @description Path of the operation, when it may have started: read the operation, or send the request again with the same Idempotency-Key */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This cannot be done just now */
            503: {
                headers: {
                    /** @description Path of the operation, when it may have started: read the operation, or send the request again with the same Idempotency-Key */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "tear-down-cluster": {
        parameters: {
            query?: {
                deleteCluster?: "true" | "false";
                force?: "true" | "false";
                dryRun?: "true" | "false";
            };
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                cluster: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Accepted: read the progress of the operation at the path in Location */
            202: {
                headers: {
                    /** @description Path of the operation */
                    Location?: string;
                    /** @description Seconds to wait before the next request */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OperationSummary"];
                };
            };
            /** @description The request is not valid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such object */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Another change of this cluster is running; or: The state of the object does not allow this */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The idempotency key was used for another request */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller has as many operations running as it may */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This failed on our side */
            500: {
                headers: {
                    /** @description Path of the operation, when it may have started: read the operation, or send the request again with the same Idempotency-Key */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This cannot be done just now */
            503: {
                headers: {
                    /** @description Path of the operation, when it may have started: read the operation, or send the request again with the same Idempotency-Key */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "list-generations": {
        parameters: {
            query?: {
                after?: number;
                limit?: number;
            };
            header?: never;
            path: {
                cluster: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The generations of the spec of a cluster, newest first: who wrote each, when, and what it changed */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GenerationPage"];
                };
            };
            /** @description The request is not valid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such object */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This failed on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This cannot be done just now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-generation": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                cluster: string;
                generation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One generation of the spec of a cluster, in full */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Generation"];
                };
            };
            /** @description The caller may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such object */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This failed on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This cannot be done just now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "list-workloads": {
        parameters: {
            query?: {
                cluster?: string;
                namespace?: string;
                after?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The workloads of all clusters, in the order of clusters, namespaces and accounts */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WorkloadPage"];
                };
            };
            /** @description The request is not valid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This failed on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This cannot be done just now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "add-workload": {
        parameters: {
            query?: {
                manager?: string;
                takeOver?: "true" | "false";
            };
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                cluster: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RequestedWorkload"];
            };
        };
        responses: {
            /** @description Accepted: read the progress of the operation at the path in Location */
            202: {
                headers: {
                    /** @description Path of the operation */
                    Location?: string;
                    /** @description Seconds to wait before the next request */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OperationSummary"];
                };
            };
            /** @description The body is not JSON; or: The request is not valid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such object */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Another change of this cluster is running; or: Another manager declares the workload */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has another content type than application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The idempotency key was used for another request */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller has as many operations running as it may */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This failed on our side */
            500: {
                headers: {
                    /** @description Path of the operation, when it may have started: read the operation, or send the request again with the same Idempotency-Key */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This cannot be done just now */
            503: {
                headers: {
                    /** @description Path of the operation, when it may have started: read the operation, or send the request again with the same Idempotency-Key */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "tear-down-workload": {
        parameters: {
            query?: {
                force?: "true" | "false";
                dryRun?: "true" | "false";
            };
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                cluster: string;
                namespace: string;
                serviceAccount: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Accepted: read the progress of the operation at the path in Location */
            202: {
                headers: {
                    /** @description Path of the operation */
                    Location?: string;
                    /** @description Seconds to wait before the next request */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OperationSummary"];
                };
            };
            /** @description The request is not valid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such object */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Another change of this cluster is running; or: The state of the object does not allow this */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The idempotency key was used for another request */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller has as many operations running as it may */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This failed on our side */
            500: {
                headers: {
                    /** @description Path of the operation, when it may have started: read the operation, or send the request again with the same Idempotency-Key */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This cannot be done just now */
            503: {
                headers: {
                    /** @description Path of the operation, when it may have started: read the operation, or send the request again with the same Idempotency-Key */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-manifest": {
        parameters: {
            query?: {
                kind?: "Pod" | "Deployment" | "patch";
                webhook?: "true" | "false";
                image?: string;
                command?: string;
                name?: string;
                container?: string;
                format?: "yaml" | "json";
            };
            header?: never;
            path: {
                cluster: string;
                namespace: string;
                serviceAccount: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A manifest for pods of a workload, or a patch for its Deployment, with webhook or without */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                    "application/yaml": string;
                };
            };
            /** @description The request is not valid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such object */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The state of the object does not allow this */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This failed on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This cannot be done just now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-rights": {
        parameters: {
            query?: {
                management?: "true" | "false";
                teardown?: "true" | "false";
                namedAccounts?: "true" | "false";
                renewal?: "true" | "false";
                kubernetes?: string;
                format?: "yaml" | "json";
            };
            header?: never;
            path: {
                cluster: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Manifests of the Kubernetes rights that operations on a recorded cluster and all its workloads need */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                    "application/yaml": string;
                };
            };
            /** @description The request is not valid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such object */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The state of the object does not allow this */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This failed on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This cannot be done just now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "compute-rights": {
        parameters: {
            query?: {
                management?: "true" | "false";
                teardown?: "true" | "false";
                namedAccounts?: "true" | "false";
                renewal?: "true" | "false";
                kubernetes?: string;
                format?: "yaml" | "json";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SetupRequest"];
            };
        };
        responses: {
            /** @description Manifests of the Kubernetes rights that a setup of this request needs. Reads no record */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                    "application/yaml": string;
                };
            };
            /** @description The body is not JSON; or: The request is not valid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The state of the object does not allow this */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has another content type than application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This failed on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This cannot be done just now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "start-verification": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                cluster: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["VerificationRequest"];
            };
        };
        responses: {
            /** @description Accepted: read the progress of the operation at the path in Location */
            202: {
                headers: {
                    /** @description Path of the operation */
                    Location?: string;
                    /** @description Seconds to wait before the next request */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OperationSummary"];
                };
            };
            /** @description The body is not JSON; or: The request is not valid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such object */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The state of the object does not allow this */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has another content type than application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The idempotency key was used for another request */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller has as many operations running as it may */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This failed on our side */
            500: {
                headers: {
                    /** @description Path of the operation, when it may have started: read the operation, or send the request again with the same Idempotency-Key */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This cannot be done just now */
            503: {
                headers: {
                    /** @description Path of the operation, when it may have started: read the operation, or send the request again with the same Idempotency-Key */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "start-plan": {
        parameters: {
            query?: {
                manager?: string;
                takeOver?: "true" | "false";
            };
            header?: {
                "Idempotency-Key"?: string;
                "If-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SetupRequest"];
            };
        };
        responses: {
            /** @description Accepted: read the progress of the operation at the path in Location */
            202: {
                headers: {
                    /** @description Path of the operation */
                    Location?: string;
                    /** @description Seconds to wait before the next request */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OperationSummary"];
                };
            };
            /** @description The body is not JSON; or: The request is not valid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The state of the object does not allow this; or: Another manager declares the workload */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The spec of the cluster has another generation */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has another content type than application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The idempotency key was used for another request */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller has as many operations running as it may */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This failed on our side */
            500: {
                headers: {
                    /** @description Path of the operation, when it may have started: read the operation, or send the request again with the same Idempotency-Key */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This cannot be done just now */
            503: {
                headers: {
                    /** @description Path of the operation, when it may have started: read the operation, or send the request again with the same Idempotency-Key */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "start-drift": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                cluster: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["DriftRequest"];
            };
        };
        responses: {
            /** @description Accepted: read the progress of the operation at the path in Location */
            202: {
                headers: {
                    /** @description Path of the operation */
                    Location?: string;
                    /** @description Seconds to wait before the next request */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OperationSummary"];
                };
            };
            /** @description The body is not JSON; or: The request is not valid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such object */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The state of the object does not allow this */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has another content type than application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The idempotency key was used for another request */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller has as many operations running as it may */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This failed on our side */
            500: {
                headers: {
                    /** @description Path of the operation, when it may have started: read the operation, or send the request again with the same Idempotency-Key */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This cannot be done just now */
            503: {
                headers: {
                    /** @description Path of the operation, when it may have started: read the operation, or send the request again with the same Idempotency-Key */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "start-rotation": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["RotationRequest"];
            };
        };
        responses: {
            /** @description Accepted: read the progress of the operation at the path in Location */
            202: {
                headers: {
                    /** @description Path of the operation */
                    Location?: string;
                    /** @description Seconds to wait before the next request */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OperationSummary"];
                };
            };
            /** @description The body is not JSON; or: The request is not valid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Another rotation is running */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has another content type than application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The idempotency key was used for another request */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller has as many operations running as it may */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This failed on our side */
            500: {
                headers: {
                    /** @description Path of the operation, when it may have started: read the operation, or send the request again with the same Idempotency-Key */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This cannot be done just now */
            503: {
                headers: {
                    /** @description Path of the operation, when it may have started: read the operation, or send the request again with the same Idempotency-Key */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "create-enrolment": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                cluster: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["EnrolmentRequest"];
            };
        };
        responses: {
            /** @description Creates a code with which the agent of a cluster can enrol once, within an hour */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description The agent enrols with it, once. Only its hash is stored */
                        code: string;
                        /**
                         * Format: date-time
                         * @description When the code expires: an hour after its creation
                         */
                        expiresAt: string;
                        /** @description The audience of the tokens with which the agent calls the API */
                        audience: string;
                    };
                };
            };
            /** @description The body is not JSON; or: The request is not valid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such object */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The state of the object does not allow this */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has another content type than application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This failed on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This cannot be done just now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "refresh-signing-keys": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                cluster: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Accepted: read the progress of the operation at the path in Location */
            202: {
                headers: {
                    /** @description Path of the operation */
                    Location?: string;
                    /** @description Seconds to wait before the next request */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OperationSummary"];
                };
            };
            /** @description The request is not valid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such object */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Another change of this cluster is running; or: The state of the object does not allow this */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The idempotency key was used for another request */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller has as many operations running as it may */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This failed on our side */
            500: {
                headers: {
                    /** @description Path of the operation, when it may have started: read the operation, or send the request again with the same Idempotency-Key */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This cannot be done just now */
            503: {
                headers: {
                    /** @description Path of the operation, when it may have started: read the operation, or send the request again with the same Idempotency-Key */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "revoke-signing-key": {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                cluster: string;
                kid: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["KeyRevocationRequest"];
            };
        };
        responses: {
            /** @description Accepted: read the progress of the operation at the path in Location */
            202: {
                headers: {
                    /** @description Path of the operation */
                    Location?: string;
                    /** @description Seconds to wait before the next request */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OperationSummary"];
                };
            };
            /** @description The body is not JSON; or: The request is not valid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such object */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Another change of this cluster is running; or: The state of the object does not allow this */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has another content type than application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The idempotency key was used for another request */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller has as many operations running as it may */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This failed on our side */
            500: {
                headers: {
                    /** @description Path of the operation, when it may have started: read the operation, or send the request again with the same Idempotency-Key */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This cannot be done just now */
            503: {
                headers: {
                    /** @description Path of the operation, when it may have started: read the operation, or send the request again with the same Idempotency-Key */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "accept-signing-key": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                cluster: string;
                kid: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["KeyAcceptanceRequest"];
            };
        };
        responses: {
            /** @description Accepts a signing key that no published key vouches for. The waiting operation then publishes it */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SigningKeyStates"];
                };
            };
            /** @description The body is not JSON; or: The request is not valid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such object */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The state of the object does not allow this */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has another content type than application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This failed on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This cannot be done just now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-access": {
        parameters: {
            query?: {
                cluster?: string;
                namespace?: string;
                requestedBy?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Who the caller is, what it may do, and which roles may do the rest */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Access"];
                };
            };
            /** @description The request is not valid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The caller may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This failed on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This cannot be done just now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-openapi": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description This description of the API, in OpenAPI 3.1 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            /** @description The caller may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This failed on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This cannot be done just now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
