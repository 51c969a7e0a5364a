/** The dearest orders of one status: few of a rare one are among the dearest of all. */
export default `
	create index orders_of_status_by_total on orders (status, total_amount, id);
`;
