import { beforeAll, describe, expect, it } from "@jest/globals";
import { IMPORT_LIMIT_BYTES } from "../../services/contracts/imports.ts";
import { buildOverlays, NAMES, ofKind as ofKindIn, workloadsOf } from "./overlays.ts";
import type { Overlays, Workload } from "./overlays.ts";
import { has } from "./published-schemas.ts";
import { problemsOf } from "./strict.ts";
import type { Manifest } from "./strict.ts";

const SECRET = /KEY|SECRET|PASSWORD|_URL$|SERVERS$/;
const MIB = 1_048_576;

/** The manifests need Go (or kubectl or kustomize, and Go for the schemas); with CI=true there is no excuse. */
const describeWithGo = has("go") || process.env.CI === "true" ? describe : describe.skip;

describeWithGo("the manifests of the cluster", () => {
	let built: Overlays;
	beforeAll(() => void (built = buildOverlays()), 300_000);

	const ofKind = (kind: string) => ofKindIn(built.production, kind);
	const workloads = () => workloadsOf(built.production);
	const containers = () => workloads().flatMap(({ spec }) => spec.template.spec.containers);

	it("are what Kubernetes accepts, without a field it does not know", () => {
		expect([...built.production, ...built.local].flatMap(problemsOf)).toEqual([]);
	}, 300_000);

	it("would be refused for a misspelt field", () => {
		const [deployment] = ofKind("Deployment") as [Workload];
		const misspelt = structuredClone(deployment) as { spec: Record<string, unknown> } & Manifest;
		misspelt.spec.replica = 3;

		expect(problemsOf(misspelt)).toEqual([expect.stringContaining("must NOT have additional properties")]);
	});

	it("leave the number of replicas to the autoscaler, which keeps three of each service", () => {
		for (const { spec } of ofKind("Deployment") as Workload[]) expect(spec).not.toHaveProperty("replicas");
		for (const kind of ["Deployment", "HorizontalPodAutoscaler"])
			expect(ofKind(kind).map(({ metadata }) => metadata.name)).toEqual(NAMES);
		for (const { metadata, spec } of ofKind("HorizontalPodAutoscaler"))
			expect(spec).toMatchObject({ scaleTargetRef: { kind: "Deployment", name: metadata.name }, minReplicas: 3 });
	});

	it("keep all but one replica of each service through a drain", () => {
		const selectors = new Map(
			(ofKind("Deployment") as Workload[]).map((each) => [each.metadata.name, each.spec.selector]),
		);

		expect(new Map(ofKind("PodDisruptionBudget").map(({ metadata, spec }) => [metadata.name, spec]))).toEqual(
			new Map([...selectors].map(([name, selector]) => [name, { maxUnavailable: 1, selector }])),
		);
		expect([...selectors.values()]).toEqual(NAMES.map((name) => ({ matchLabels: { "app.kubernetes.io/name": name } })));
	});

	it("keep Kubernetes from setting variables such as GATEWAY_SERVICE_PORT=tcp://…, which are Stoa's own", () => {
		const ours = [...workloads(), ...workloadsOf(built.local)].filter(({ spec }) =>
			spec.template.spec.containers.some(({ image }) => /(^|\/)stoa:/.test(image)),
		);

		expect(ours.length).toBe(2 * workloads().length + 1);
		expect(ours.filter(({ spec }) => spec.template.spec.enableServiceLinks !== false)).toEqual([]);
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

	it("let the largest import through to the gateway, which refuses what is larger, as it is sent", () => {
		const [ingress] = ofKind("Ingress");
		const { annotations = {} } = ingress?.metadata ?? {};
		const [, mib] = /^(\d+)m$/.exec(annotations["nginx.ingress.kubernetes.io/proxy-body-size"] ?? "") ?? [];

		expect(Number(mib) * MIB).toBeGreaterThan(IMPORT_LIMIT_BYTES);
		expect(annotations["nginx.ingress.kubernetes.io/proxy-request-buffering"]).toBe("off");
	});

	it("are scraped under the job that alerts and dashboard ask for", () => {
		const [monitor] = ofKind("ServiceMonitor") as [Manifest & { spec: { jobLabel: string } }];
		const jobs = ofKind("Service").map(({ metadata }) => metadata.labels?.[monitor.spec.jobLabel]);

		expect(new Set(jobs)).toEqual(new Set(["stoa"]));
	});

	it("name a version of every image", () => {
		expect(containers().map(({ image }) => image)).toEqual(containers().map(() => expect.stringMatching(/:\d/)));
	});
});
