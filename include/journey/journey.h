// journey: customer journeys out of raw events. Everything but the readers and writers (journey/io/...), in the
// order in which data flows.
#pragma once

#include "journey/version.h"

#include "journey/core/check.h"
#include "journey/core/ids.h"
#include "journey/core/status.h"
#include "journey/core/symbol_table.h"
#include "journey/core/time.h"

#include "journey/events/admission.h"
#include "journey/events/event.h"
#include "journey/events/event_log.h"
#include "journey/events/touchpoints.h"

#include "journey/identity/agreement.h"
#include "journey/identity/consent.h"
#include "journey/identity/customer_ids.h"
#include "journey/identity/graph_resolver.h"
#include "journey/identity/identity_graph.h"
#include "journey/identity/incremental_graph.h"
#include "journey/identity/key_resolver.h"
#include "journey/identity/placeholders.h"
#include "journey/identity/policy.h"
#include "journey/identity/probabilistic_resolver.h"
#include "journey/identity/resolver.h"
#include "journey/identity/timelines.h"

#include "journey/sessions/session.h"
#include "journey/sessions/sessionizer.h"

#include "journey/journeys/builder.h"
#include "journey/journeys/channel_switches.h"
#include "journey/journeys/classifier.h"
#include "journey/journeys/definition.h"
#include "journey/journeys/done_steps.h"
#include "journey/journeys/journey.h"
#include "journey/journeys/matcher.h"
#include "journey/journeys/view.h"

#include "journey/measures/channels.h"
#include "journey/measures/durations.h"
#include "journey/measures/step_counts.h"
#include "journey/measures/transitions.h"
#include "journey/measures/variants.h"

#include "journey/friction/channel_switch.h"
#include "journey/friction/detector.h"
#include "journey/friction/detector_catalogue.h"
#include "journey/friction/drop_off.h"
#include "journey/friction/finding.h"
#include "journey/friction/repetition.h"

#include "journey/pipeline/options.h"
#include "journey/pipeline/pipeline.h"
#include "journey/pipeline/report.h"

#include "journey/live/context.h"
#include "journey/live/engine.h"
#include "journey/live/engine_options.h"
#include "journey/live/facts.h"
