import type { ServiceSettingSchema } from "moleculer";
import Prometheus from "moleculer-prometheus";
import { defineService } from "../../mixins/define-service.ts";
import type { Pages } from "./node.context.ts";
import { pages } from "./wiring.ts";

/**
 * Not of moleculer-prometheus: requests come from our own middleware, since its events for them do not fire on
 * Moleculer 0.15; names of nodes are no labels, as every restart brings new ones.
 */
const REPLACED = ["moleculer_req_total", "moleculer_req_errors_total", "moleculer_req_duration_ms", "moleculer_nodes"];

const SETTINGS: ServiceSettingSchema & Record<string, unknown> = {
	$secureSettings: ["metrics"],
	// Its values are as old as its timer, of which a process can have but one; ours are read when they are asked for.
	collectDefaultMetrics: false,
	metrics: Object.fromEntries(REPLACED.map((name) => [name, null])),
};

function recount(this: Pages): void {
	this.census.wake();
}

/**
 * The pages of a node, for operators and their tools: is it alive, is it ready, what can it be asked, how does it do.
 * Loaded last on every node, in both shapes; the port is that of the node's first service.
 *
 *     /health   /health/live   /health/ready   /api-docs   /metrics
 */
export default defineService({
	// A name with a dollar is the node's own: listings of services skip it.
	name: "$pages",
	mixins: [{ ...Prometheus, events: {} }, pages],

	settings: SETTINGS,

	events: {
		"$services.changed": recount,
		"$node.connected": recount,
		"$node.disconnected": recount,
	},

	methods: {
		updateCommonValues: recount,
		drain(this: Pages) {
			this.isDraining = true;
		},
	},
});
