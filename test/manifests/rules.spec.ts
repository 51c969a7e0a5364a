import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { has } from "./published-schemas.ts";
import { problemsOf } from "./strict.ts";
import type { Manifest } from "./strict.ts";

const blocks = [...readFileSync("k8s/README.md", "utf8").matchAll(/```sh\n([\s\S]*?)```/g)].map(
	([, text = ""]) => text,
);

interface Rules {
	readonly groups: readonly { readonly rules: readonly { readonly alert: string; readonly expr: string }[] }[];
}

const rules = parse(readFileSync("observability/prometheus/rules/stoa.yml", "utf8")) as Rules;

/** Whether a matcher of the label `status`, or none, lets a status in. */
function admits([, operator, value = ""]: RegExpMatchArray, status: string): boolean {
	if (operator === "=~") return new RegExp(`^(${value})$`).test(status);
	return operator !== "!=" || value !== status;
}

describe("the alert on notifications that fail", () => {
	it("takes what must not be sent yet neither for a failure nor for an attempt", () => {
		const alert = rules.groups.flatMap((group) => group.rules).find((rule) => rule.alert === "StoaNotificationsFail");
		const counted = [...(alert?.expr ?? "").matchAll(/stoa_notifications_total(?:\{status(=~|!=)"([^"]*)"\})?/g)];

		expect(counted.map((matcher) => admits(matcher, "queued"))).toEqual([true, true]);
		expect(counted.map((matcher) => admits(matcher, "postponed"))).toEqual([false, false]);
	});
});

/** The schema of the Prometheus operator needs Go. */
const describeWithGo = has("go") || process.env.CI === "true" ? describe : describe.skip;

describeWithGo("the alert rules in a cluster", () => {
	let folder: string;
	beforeAll(() => {
		folder = mkdtempSync(join(tmpdir(), "stoa-rules-"));
		writeFileSync(join(folder, "kubectl"), "#!/bin/sh\nexec cat\n", { mode: 0o755 });
	});
	afterAll(() => {
		rmSync(folder, { recursive: true });
	});

	it("are what the documented command sends to the Prometheus operator", () => {
		const [command = ""] = blocks.filter((block) => block.includes("PrometheusRule"));
		const env = { ...process.env, PATH: `${folder}:${process.env.PATH}` };
		const sent = parse(execFileSync("sh", ["-c", command], { encoding: "utf8", env })) as Manifest;

		expect(problemsOf(sent)).toEqual([]);
		expect(sent).toMatchObject({ kind: "PrometheusRule", metadata: { name: "stoa" } });
		expect(sent.spec).toEqual(rules);
	}, 300_000);
});
