import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ipaddr from "ipaddr.js";
import { parseAllDocuments } from "yaml";
import { SERVICES } from "../../bin/services.ts";
import { has, kustomized } from "./published-schemas.ts";
import { problemsOf } from "./strict.ts";
import type { Manifest } from "./strict.ts";

interface Container {
	readonly name: string;
	readonly image: string;
	readonly env?: readonly { readonly name: string; readonly value?: string }[];
	readonly securityContext: Readonly<Record<string, unknown>>;
	readonly resources: { readonly requests: unknown; readonly limits: unknown };
	readonly [probe: string]: unknown;
}

interface Workload extends Manifest {
	readonly spec: {
		readonly replicas?: number;
		readonly template: {
			readonly metadata: { readonly labels: Readonly<Record<string, string>> };
			readonly spec: {
				readonly containers: readonly Container[];
				readonly securityContext: Readonly<Record<string, unknown>>;
				readonly terminationGracePeriodSeconds?: number;
			};
		};
	};
}

interface IpBlock {
	readonly cidr: string;
	readonly except?: readonly string[];
}

interface Egress {
	readonly egress: readonly { readonly to: readonly { readonly ipBlock: IpBlock }[]; readonly ports: unknown }[];
}

function contains({ cidr, except = [] }: IpBlock, address: string): boolean {
	const parsed = ipaddr.parse(address);
	const isIn = (range: string) =>
		range.includes(":") === address.includes(":") && parsed.match(ipaddr.parseCIDR(range));
	return isIn(cidr) && !except.some(isIn);
}

const NAMES = SERVICES.map((service) => `${service.replace(/s$/, "")}-service`);
const SECRET = /KEY|SECRET|PASSWORD|_URL$/;

const read = (text: string): Manifest[] => parseAllDocuments(text).map((document) => document.toJS() as Manifest);

/** The manifests need Go (or kubectl or kustomize, and Go for the schemas); with CI=true there is no excuse. */
const describeWithGo = has("go") || process.env.CI === "true" ? describe : describe.skip;

describeWithGo("the manifests of the cluster", () => {
	let folder: string;
	let production: Manifest[];
	let local: Manifest[];
	beforeAll(() => {
		folder = mkdtempSync(join(tmpdir(), "stoa-k8s-"));
		cpSync("k8s", folder, { recursive: true });
		const secrets = execFileSync("bin/stoa", ["secrets", "--kubernetes"], { encoding: "utf8" });
		writeFileSync(join(folder, "overlays/local/secrets.env"), secrets);
		production = read(kustomized(join(folder, "overlays/production")));
		local = read(kustomized(join(folder, "overlays/local")));
	}, 300_000);
	afterAll(() => {
		rmSync(folder, { recursive: true });
	});

	const ofKind = (kind: string) => production.filter((manifest) => manifest.kind === kind);
	const workloads = () => [...ofKind("Deployment"), ...ofKind("Job")] as Workload[];
	const containers = () => workloads().flatMap(({ spec }) => spec.template.spec.containers);

	it("are what Kubernetes accepts, without a field it does not know", () => {
		expect([...production, ...local].flatMap(problemsOf)).toEqual([]);
	}, 300_000);

	it("would be refused for a misspelt field", () => {
		const [deployment] = ofKind("Deployment") as [Workload];
		const misspelt = structuredClone(deployment) as { spec: Record<string, unknown> } & Manifest;
		misspelt.spec.replica = 3;

		expect(problemsOf(misspelt)).toEqual([expect.stringContaining("must NOT have additional properties")]);
	});

	it("run three replicas of each service, and keep two of them through a drain", () => {
		const replicas = new Map(
			(ofKind("Deployment") as Workload[]).map((each) => [each.metadata.name, each.spec.replicas]),
		);

		expect(replicas).toEqual(new Map([...NAMES].sort().map((name) => [name, 3])));
		for (const kind of ["PodDisruptionBudget", "HorizontalPodAutoscaler"])
			expect(ofKind(kind).map(({ metadata }) => metadata.name)).toEqual([...NAMES].sort());
		expect(ofKind("PodDisruptionBudget").map(({ spec }) => spec)).toMatchObject(
			NAMES.map(() => ({ maxUnavailable: 1 })),
		);
	});

	it("ask each node how it is, and let it finish when it is stopped", () => {
		for (const { metadata, spec } of ofKind("Deployment") as Workload[]) {
			const [container] = spec.template.spec.containers;
			expect({ name: metadata.name, ...container }).toMatchObject({
				livenessProbe: { httpGet: { path: "/health/live", port: "pages" } },
				readinessProbe: { httpGet: { path: "/health/ready", port: "pages" } },
				startupProbe: { httpGet: { path: "/health/live", port: "pages" } },
			});
			expect(spec.template.spec.terminationGracePeriodSeconds).toBeGreaterThan(25);
		}
	});

	it("give nobody more rights or resources than it needs", () => {
		for (const { spec } of workloads())
			expect(spec.template.spec.securityContext).toMatchObject({ runAsNonRoot: true });
		for (const container of containers()) {
			expect(container.securityContext).toEqual({
				allowPrivilegeEscalation: false,
				readOnlyRootFilesystem: true,
				capabilities: { drop: ["ALL"] },
			});
			expect(container.resources).toMatchObject({ requests: expect.anything(), limits: expect.anything() });
		}
	});

	it("hold no secret: each is a reference", () => {
		expect(ofKind("Secret")).toEqual([]);
		const variables = containers().flatMap(({ env = [] }) => env);
		expect(variables.filter(({ name, value }) => SECRET.test(name) && value !== undefined)).toEqual([]);
	});

	it("give the secret that signs tokens to users alone", () => {
		const holders = workloads().filter(({ spec }) => JSON.stringify(spec).includes("JWT_SECRET"));

		expect(holders.map(({ metadata }) => metadata.name)).toEqual(["user-service"]);
	});

	it("refuse traffic that no policy names", () => {
		expect(ofKind("NetworkPolicy").find(({ metadata }) => metadata.name === "stoa-deny")?.spec).toEqual({
			podSelector: { matchLabels: { "app.kubernetes.io/part-of": "stoa" } },
			policyTypes: ["Ingress", "Egress"],
		});
		for (const { spec } of workloads())
			expect(spec.template.metadata.labels).toMatchObject({ "app.kubernetes.io/part-of": "stoa" });
	});

	it("let webhooks go wherever third parties say, but to no private address and no other port than 443", () => {
		const policy = ofKind("NetworkPolicy").find(({ metadata }) => metadata.name === "stoa-webhooks")?.spec as Egress;
		const [rule] = policy.egress;
		const reaches = (address: string) => rule?.to.some(({ ipBlock }) => contains(ipBlock, address));
		const hidden = ["10.1.2.3", "172.20.0.1", "192.168.0.1", "169.254.169.254", "127.0.0.1", "100.64.0.1", "fd00::1"];

		expect([policy.egress.length, rule?.ports]).toEqual([1, [{ protocol: "TCP", port: 443 }]]);
		expect(["8.8.8.8", "2606:4700::1111"].map(reaches)).toEqual([true, true]);
		expect([...hidden, "fe80::1", "::1", "64:ff9b::7f00:1"].filter(reaches)).toEqual([]);
	});

	it("name a version of every image", () => {
		expect(containers().map(({ image }) => image)).toEqual(containers().map(() => expect.stringMatching(/:\d/)));
	});
});
