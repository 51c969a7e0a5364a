import { beforeAll, describe, expect, it } from "@jest/globals";
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { SERVICES } from "../../bin/services.ts";
import { buildOverlays, workloadName, workloadsOf } from "./overlays.ts";
import type { Overlays } from "./overlays.ts";
import { has } from "./published-schemas.ts";
import { LISTED, variablesOf, variablesRead } from "./variables.ts";

/** Of the machine, and what a command tells the processes that it starts. */
const NOBODYS = /^(HOME|PATH|XDG_CACHE_HOME|STOA_CHAOS_[A-Z]+)$/;

/** What the composition decides for itself. */
const NOT_IN_COMPOSE: Readonly<Record<string, string>> = {
	API_GATEWAY_HOST: "a container listens on all its addresses",
	TLS_CERT_FILE: "a file that would have to be mounted first",
	TLS_KEY_FILE: "as the certificate",
	HTTP_REDIRECT_PORT: "as the certificate",
	NATS_REPLICAS: "it has one NATS server",
	PAYMENT_TEST_JOURNAL: "the test provider is a container of its own",
	QUEUE_URL: "another name of RABBITMQ_URL",
	STOA_HOME: "a container keeps nothing",
	STOA_NAMESPACE: "its servers are its own",
};

const SECRET = /KEY$|SECRET$|PASSWORD$|TOKEN$|SERVERS$|_URL$/;

/** What looks like a secret and is none, so that the ConfigMap may have it, or is given by another name. */
const NOT_IN_SECRETS: Readonly<Record<string, string>> = {
	DATABASE_URL: "each service has a URL of its own",
	QUEUE_URL: "another name of RABBITMQ_URL",
	PUBLIC_URL: "everybody's",
	STRIPE_API_URL: "an address without a login",
	TWILIO_API_URL: "an address without a login",
};

describe("the variables of the environment", () => {
	it("are all in .env.example", () => {
		expect(variablesRead().filter((name) => !LISTED.has(name) && !NOBODYS.test(name))).toEqual([]);
	});
});

describe("a service in a composition", () => {
	interface Compose {
		readonly services: Readonly<Record<string, { readonly environment?: Readonly<Record<string, string>> }>>;
	}
	const { services } = parse(readFileSync("docker-compose.yml", "utf8"), { merge: true }) as Compose;
	const environmentOf = (service: string) =>
		Object.values(services).find(({ environment }) => environment?.SERVICES === service)?.environment ?? {};
	// DATABASE_URL names the server of all.
	const wanted = (service: string) => variablesOf(service).filter((name) => !/^[A-Z]+_DATABASE_URL$/.test(name));

	it.each(SERVICES)("of %s can be given every variable that it reads", (service) => {
		const given = environmentOf(service);

		expect(wanted(service).filter((name) => !(name in given) && !(name in NOT_IN_COMPOSE))).toEqual([]);
	});

	it("lacks nothing else", () => {
		const lacking = SERVICES.flatMap((service) => wanted(service).filter((name) => !(name in environmentOf(service))));

		expect(new Set(lacking)).toEqual(new Set(Object.keys(NOT_IN_COMPOSE)));
	});
});

/** The manifests need Go, or kubectl or kustomize. */
const describeWithGo = has("go") || process.env.CI === "true" ? describe : describe.skip;

describeWithGo("a service in a cluster", () => {
	let built: Overlays;
	beforeAll(() => void (built = buildOverlays()), 300_000);

	const containerOf = (service: string) =>
		workloadsOf(built.production).find(({ metadata }) => metadata.name === workloadName(service))?.spec.template.spec
			.containers[0];

	it.each(SERVICES)(
		"of %s is given every secret that it reads by a reference, and else what the ConfigMap has",
		(service) => {
			const { env = [], envFrom = [] } = containerOf(service) ?? {};
			const referenced = env.flatMap(({ name, valueFrom }) => (valueFrom?.secretKeyRef.key === name ? name : []));
			const secrets = variablesOf(service).filter((name) => SECRET.test(name) && !(name in NOT_IN_SECRETS));

			expect(secrets.filter((name) => !referenced.includes(name))).toEqual([]);
			expect(envFrom).toEqual([{ configMapRef: { name: expect.stringMatching(/^stoa-/) } }]);
		},
	);
});
