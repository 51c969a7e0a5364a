import { beforeAll, describe, expect, it } from "@jest/globals";
import ipaddr from "ipaddr.js";
import { buildOverlays, ofKind, workloadsOf } from "./overlays.ts";
import type { Overlays } from "./overlays.ts";
import { has } from "./published-schemas.ts";

interface IpBlock {
	readonly cidr: string;
	readonly except?: readonly string[];
}

interface Rule {
	readonly to?: readonly { readonly ipBlock?: IpBlock }[];
	readonly ports: readonly { readonly port: number }[];
}

interface Selector {
	readonly matchLabels?: Readonly<Record<string, string>>;
	readonly matchExpressions?: readonly { readonly key: string; readonly values: readonly string[] }[];
}

interface Policy {
	readonly podSelector: Selector;
	readonly egress?: readonly Rule[];
}

const NAME = "app.kubernetes.io/name";
const PUBLIC = ["8.8.8.8", "2606:4700::1111"];
const IPV4 = ["10.1.2.3", "172.20.0.1", "192.168.0.1", "169.254.169.254", "127.0.0.1", "100.64.0.1"];
const HIDDEN = [...IPV4, "fd00::1", "fe80::1", "::1", "64:ff9b::7f00:1"];
/** Of the servers, wherever they are. */
const SERVERS = [4222, 5432, 5671, 5672, 6379, 6380, 27017];
const MAIL = [25, 465, 587];

function contains({ cidr, except = [] }: IpBlock, address: string): boolean {
	const parsed = ipaddr.parse(address);
	const isIn = (range: string) =>
		range.includes(":") === address.includes(":") && parsed.match(ipaddr.parseCIDR(range));
	return isIn(cidr) && !except.some(isIn);
}

function selects(
	{ matchLabels = {}, matchExpressions = [] }: Selector,
	labels: Readonly<Record<string, string>>,
): boolean {
	const isIn = matchExpressions.every(({ key, values }) => values.includes(labels[key] ?? ""));
	return isIn && Object.entries(matchLabels).every(([key, value]) => labels[key] === value);
}

const reaches = ({ to }: Rule, address: string): boolean =>
	to === undefined || to.some(({ ipBlock }) => ipBlock !== undefined && contains(ipBlock, address));

/** The network policies need Go, or kubectl or kustomize. */
const describeWithGo = has("go") || process.env.CI === "true" ? describe : describe.skip;

describeWithGo("the network of the cluster", () => {
	let built: Overlays;
	beforeAll(() => void (built = buildOverlays()), 300_000);

	/** The ports on which a service may reach an address, by all policies together. */
	const portsTo = (name: string, address: string, manifests = built.production): number[] => {
		const labels = { [NAME]: name, "app.kubernetes.io/part-of": "stoa" };
		const policies = ofKind(manifests, "NetworkPolicy").map(({ spec }) => spec as Policy);
		const rules = policies.flatMap(({ podSelector, egress = [] }) => (selects(podSelector, labels) ? egress : []));
		const open = rules.filter((rule) => reaches(rule, address)).flatMap(({ ports }) => ports.map(({ port }) => port));
		return [...new Set(open)].sort((one, other) => one - other);
	};

	it("refuses traffic that no policy names", () => {
		const deny = ofKind(built.production, "NetworkPolicy").find(({ metadata }) => metadata.name === "stoa-deny");

		expect(deny?.spec).toEqual({
			podSelector: { matchLabels: { "app.kubernetes.io/part-of": "stoa" } },
			policyTypes: ["Ingress", "Egress"],
		});
		for (const { spec } of workloadsOf(built.production))
			expect(spec.template.metadata.labels).toMatchObject({ "app.kubernetes.io/part-of": "stoa" });
	});

	it.each(["gateway-service", "user-service", "product-service", "order-service"])(
		"leads %s to servers alone",
		(name) => {
			for (const address of [...PUBLIC, ...HIDDEN]) expect(portsTo(name, address)).toEqual(SERVERS);
		},
	);

	it.each([
		["payments to Stripe", "payment-service", []],
		["webhooks wherever third parties say", "webhook-service", []],
		["notifications to Twilio, push services and mail servers", "notification-service", MAIL],
	])("leads %s, but over 443 to no private address", (_what, name, more) => {
		const everywhere = [...SERVERS, ...more].sort((one, other) => one - other);

		for (const address of HIDDEN) expect(portsTo(name, address)).toEqual(everywhere);
		for (const address of PUBLIC)
			expect(portsTo(name, address)).toEqual([...everywhere, 443].sort((one, other) => one - other));
	});

	it("leads payments to the test provider where there is one", () => {
		const policy = ofKind(built.local, "NetworkPolicy").find(({ metadata }) => metadata.name === "payment-provider");
		const provider = workloadsOf(built.local).find(({ metadata }) => metadata.name === "payment-provider");

		expect(policy?.spec).toEqual({
			podSelector: { matchLabels: { [NAME]: "payment-service" } },
			policyTypes: ["Egress"],
			egress: [
				{
					to: [{ podSelector: { matchLabels: provider?.spec.template.metadata.labels } }],
					ports: [{ protocol: "TCP", port: 3010 }],
				},
			],
		});
	});
});
