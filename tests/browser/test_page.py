"""The page in a real browser, without network: what it shows is what was recorded."""

import json
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from selenium.webdriver.common.keys import Keys

from jaxdl.autograd.graph import Edge, Graph, Node
from jaxdl.autograd.hazards import HAZARDS, as_json
from jaxdl.autograd.page import hazards_page, page
from jaxdl.autograd.recording import Recording, Step
from jaxdl.course import find
from jaxdl.course.autograd import record_lesson

WIDTHS = (360, 800, 1200, 1600)
LIMIT = (
    10_000  # ms to the first picture, on a busy machine; 2,000 is what it should be on a free one
)


@pytest.fixture(scope="module")
def recording():
    return record_lesson(find("l04"), steps=3)


@pytest.fixture(scope="module")
def told(recording):
    return recording.to_json()


@pytest.fixture(scope="module")
def hazards():
    """Three of them, one of which is another's counterpart."""
    asked = ("accumulated", "state-dropped", "donated")
    return [as_json(hazard) for hazard in HAZARDS if hazard.id in asked]


@pytest.fixture(scope="module")
def address(recording, hazards, tmp_path_factory):
    return written(recording, tmp_path_factory.mktemp("page"), hazards)


@pytest.fixture(scope="module")
def layered(tmp_path_factory):
    """A net with layers, on the tape and with checkpoints, too: what was recorded, and its page."""
    recording = record_lesson(find("l07"), steps=1)
    return recording.to_json(), written(recording, tmp_path_factory.mktemp("layered"))


def written(recording, folder, hazards=()):
    text = page(recording, hazards)
    file = folder / f"{recording.title}.html"
    file.write_text(text, "utf-8")
    return file.as_uri()


def opened(browser, address, width=1200, **query):
    """The page at a moment; returns when its first picture is there."""
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    browser.get("about:blank")
    asked = "&".join(f"{name}={value}" for name, value in ({"lang": "en"} | query).items())
    browser.get(f"{address}#l04?{asked}")
    ready = int(browser.execute_script("return document.documentElement.dataset.ready"))
    assert ready < LIMIT
    return ready


def press(browser, *keys):
    from selenium.webdriver.common.action_chains import ActionChains

    ActionChains(browser).send_keys(*keys).perform()


def text(browser, selector):
    return browser.execute_script(f"return document.querySelector({selector!r}).textContent")


def numbers(browser, selector):
    """The recorded numbers that stand in an element, as the recording has them."""
    script = f"""return [...document.querySelectorAll({selector + " [data-value]"!r})]
        .map((one) => Number(one.dataset.value))"""
    return browser.execute_script(script)


def flat(value):
    return [float(x) for x in np.ravel(value)]


def test_it_loads_without_network_and_says_nothing(browser, address):
    opened(browser, address)
    log = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    asked = [
        entry["params"]["request"]["url"]
        for entry in log
        if entry["method"] == "Network.requestWillBeSent"
    ]
    assert {url.partition(":")[0] for url in asked} <= {"file", "data", "about"}
    assert [url for url in asked if url.startswith("file")] == [address]
    assert text(browser, "h1") == "4 · Back propagation"


def test_the_keyboard_goes_through_every_step_and_back(browser, address, told):
    """Each moment's numbers are the recording's, whichever way it was reached."""
    opened(browser, address)
    count = int(browser.execute_script("return document.querySelector('.slider').ariaValueMax"))
    there = [moment(browser)]
    while len(there) < count:
        press(browser, Keys.ARROW_RIGHT)
        there.append(moment(browser))
    assert [one["at"] for one in there] == list(range(1, count + 1))
    back = [moment(browser)]
    while len(back) < count:
        press(browser, Keys.ARROW_LEFT)
        back.append(moment(browser))
    assert back[::-1] == there

    for number, step in enumerate(told["steps"]):
        (ours,), (theirs,) = step["updates"]["torch"], step["updates"]["jax"]
        own = [one for one in there if one["where"].startswith(f"Training step {number + 1} of 3")]
        assert own[0]["data"] == flat(ours["before"])
        assert own[-1]["data"] == flat(ours["after"])
        slots = [event for event in step["events"]["torch"] if event["what"] == "grad"]
        assert [flat(event["after"]) for event in slots] == changes([one["grad"] for one in own])
        ended = flat(theirs["before"]) + flat(theirs["gradient"]) + flat(theirs["after"])
        assert own[-1]["values"] == ended
        (loss,) = [one for one in own if " loss " in one["where"]]
        assert loss["left"] == loss["right"] == [step["loss"]["torch"]] == [step["loss"]["jax"]]
        graph = {node["id"]: node for node in step["graphs"]["torch"]["nodes"]}
        walked = [
            edge
            for id in step["graphs"]["torch"]["backward"]
            for edge in graph[id].get("inputs", [])
        ]
        products = [flat(edge["product"]) for edge in walked if edge["product"] is not None]
        shown = [one["left"] for one in own if " backward " in one["where"] and one["left"]]
        assert [one for one in shown if one in products][: len(products)] == products

    press(browser, Keys.END)
    assert moment(browser) == there[-1]
    press(browser, Keys.HOME)
    assert moment(browser) == there[0]
    press(browser, Keys.PAGE_DOWN, Keys.PAGE_DOWN)
    assert " loss " in moment(browser)["where"]


def moment(browser):
    """What stands on the page now: where it is, and the numbers of its parts."""
    return {
        "at": int(browser.execute_script("return document.querySelector('.slider').ariaValueNow")),
        "address": browser.execute_script("return location.hash"),
        "where": text(browser, "#where"),
        "said": text(browser, "#spoken"),
        "left": numbers(browser, "#now-left"),
        "right": numbers(browser, "#now-right"),
        "data": numbers(browser, '[data-slot="w.data"]'),
        "grad": numbers(browser, '[data-slot="w.grad"]'),
        "values": numbers(browser, "#below-right table"),
    }


def changes(values):
    """The values, without those that repeat the one before."""
    return [b for a, b in pairwise(values) if a != b]


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_hangs_over_the_edge(browser, address, width):
    for language, mode, step in (("en", "look", 4), ("zh", "predict", 9), ("en", "look", 11)):
        for fault in ("", "zero_forgotten"):
            opened(browser, address, width, lang=language, mode=mode, step=step, fault=fault)
            over = (
                "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            assert browser.execute_script(over) <= 0
            assert browser.execute_script("return document.querySelectorAll('.node').length") > 5
            tall = "return document.getElementById('dock').getBoundingClientRect().bottom"
            assert browser.execute_script(tall) <= 901


def test_two_languages(browser, address):
    opened(browser, address, step=4)
    english = text(browser, "#spoken")
    browser.execute_script("document.querySelector('[data-language=zh]').click()")
    chinese = text(browser, "#spoken")
    assert browser.execute_script("return document.documentElement.lang") == "zh-CN"
    assert text(browser, "h1") == "4 · 反向传播"
    assert "PyTorch computes" in english
    assert "PyTorch 计算" in chinese
    assert "lang=zh" in browser.execute_script("return location.hash")


def test_every_control_has_a_name(browser, address):
    opened(browser, address, step=9, mode="predict")
    tree = browser.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    controls = {"button", "slider", "textbox", "searchbox", "combobox", "link", "listbox"}
    found = [
        (node["role"]["value"], node.get("name", {}).get("value", ""))
        for node in tree
        if not node.get("ignored") and node["role"]["value"] in controls
    ]
    assert len(found) > 20
    assert [role for role, name in found if not name.strip()] == []


def test_predict_first(browser, address, told):
    """The gradient is hidden until it is answered; a wrong sign is told as what it is."""
    opened(browser, address, mode="predict", step=7)
    assert text(browser, "#question").startswith("Before it is shown: ∂l/∂")
    assert "?" in text(browser, "#now-left")
    graph = {node["id"]: node for node in told["steps"][0]["graphs"]["torch"]["nodes"]}
    first = graph[told["steps"][0]["graphs"]["torch"]["backward"][0]]
    (right,) = flat(next(e["product"] for e in first["inputs"] if e["product"] is not None))
    answered(browser, -right)
    assert "the sign is not" in text(browser, "#verdict")
    assert "?" in text(browser, "#now-left")
    answered(browser, 5 * right)
    assert "gradient of 5·l" in text(browser, "#verdict")
    answered(browser, right)
    assert text(browser, "#verdict").startswith("Yes")
    assert right in numbers(browser, "#now-left")


def answered(browser, number):
    browser.execute_script(f"""
        document.getElementById("answer").value = "{number!r}";
        document.getElementById("answer-form").requestSubmit()""")


def test_the_wrong_programs_are_recorded_ones(browser, address, told):
    for fault in told["faults"]:
        opened(browser, address, fault=fault["id"])
        press(browser, Keys.END)
        shown = moment(browser)
        last = fault["steps"][-1]
        if last["errors"]:
            assert last["errors"]["torch"] in text(browser, "#now-left")
        else:
            assert shown["data"] == flat(last["updates"]["torch"][0]["after"])
            grads = [event for event in last["events"]["torch"] if event["what"] == "grad"]
            assert shown["grad"] == flat(grads[-1]["after"])
        assert fault["why"]["en"].replace("\n", "") in text(browser, "#now-right") + "".join(
            browser.execute_script(
                "return [...document.querySelectorAll('.why > p')].map((p) => p.textContent)"
            )
        )
    assert {fault["id"] for fault in told["faults"] if fault["steps"][-1]["errors"]} == {
        "backward_again"
    }


def test_a_chosen_node_shows_its_chain_rule(browser, address, told):
    opened(browser, address, step=10)
    weight = next(n for n in told["steps"][0]["graphs"]["torch"]["nodes"] if n.get("name") == "w")
    browser.execute_script(
        "document.getElementById('query').value = 'w';"
        "document.getElementById('search').requestSubmit()"
    )
    assert text(browser, "#now-left .card-head").startswith("w = parameter")
    assert flat(weight["gradient"])[0] in numbers(browser, "#now-left .card")
    assert "The same" in text(browser, "#now-left .card")
    assert text(browser, "#now-right .card-head").startswith("params")


def test_programs_that_go_wrong_show_what_was_measured(browser, address, hazards, tmp_path):
    """Below the recording and on a page of their own; one leads to its counterpart."""
    alone = tmp_path / "hazards.html"
    alone.write_text(hazards_page(hazards), "utf-8")
    for page_of in (address, alone.as_uri()):
        opened(browser, page_of, 360, hazard="accumulated")
        measured = browser.execute_script("""
            const cells = document.querySelectorAll("#hazard-accumulated [data-measured]");
            return [...cells].map((cell) => JSON.parse(cell.dataset.measured))""")
        wrong, right = (hazards[0][which]["measured"] for which in ("wrong", "right"))
        assert measured == [side[name] for name in wrong for side in (wrong, right)]
        assert text(browser, "#hazards-lead").startswith("3 small programs")
        browser.execute_script("document.querySelector('.counterpart').click()")
        assert browser.execute_script("return document.getElementById('hazard-state-dropped').open")
        assert browser.execute_script(
            "return document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        )
        before = browser.execute_script("return location.hash")
        press(browser, Keys.ARROW_RIGHT)  # the keys of the timeline are not for here
        assert browser.execute_script("return location.hash") == before
        assert "state-dropped" in before


def test_checkpoints_show_what_ends_early_and_what_runs_twice(browser, layered):
    told, address = layered
    opened(browser, address)
    bars = "return document.querySelectorAll('.bar.again').length"
    assert browser.execute_script(bars) == 0
    opened(browser, address, checkpoint=1)
    kept = told["checkpointed"]["steps"][0]["kept"]
    again = sum("again" in entry for entries in kept.values() for entry in entries)
    assert 0 < browser.execute_script(bars) <= again  # what goes within one moment has no bar
    assert browser.execute_script("return document.querySelectorAll('.without-text').length") == 2
    graph = told["checkpointed"]["steps"][0]["graphs"]["torch"]
    said = []
    while not said or said[-1] != text(browser, "#spoken"):
        said.append(text(browser, "#spoken"))
        press(browser, Keys.ARROW_RIGHT)
    (once,) = [sentence for sentence in said if "run once more" in sentence]
    assert f"{len(graph['again'])} operations" in once
    assert any("are computed again" in sentence for sentence in said)
    assert text(browser, ".file") == "checkpointed/imperative.py"
    assert "checkpoint" in text(browser, "#code-left")


def test_the_tape_of_a_net(browser, layered):
    told, address = layered
    opened(browser, address, engine="tape")
    press(browser, Keys.END)
    after = {one["name"]: one["after"] for one in told["steps"][0]["updates"]["tape"]}
    assert numbers(browser, '[data-slot="linear2.bias.data"]') == flat(after["linear2.bias"])
    assert "taped.py" in text(browser, "#code-left")


def test_what_has_no_counterpart_is_counted_listed_and_explained(browser, layered):
    told, address = layered
    opened(browser, address)
    step = told["steps"][0]
    for side, world in (("left", "torch"), ("right", "jax")):
        alone = step["alone"][world]
        forward = [n for n in step["graphs"][world]["nodes"] if n["phase"] == "forward"]
        count = text(browser, f"#below-{side} .ties summary")
        assert count.startswith(f"{len(forward) - len(alone)} values have a counterpart")
        assert f"{len(alone)} have none" in count
        browser.execute_script(f"document.querySelector('#below-{side} .ties').open = true")
    fused = next(id for id, reason in step["alone"]["jax"].items() if reason == "fused")
    assert step["alone_of"]["jax"][fused]
    press(browser, Keys.ARROW_RIGHT)  # it stays open
    assert "PyTorch does this inside of one operation, addmm" in text(browser, "#below-right .ties")


def test_a_list_of_losses_keeps_nodes_alive_step_by_step(browser, address, told):
    (fault,) = [one for one in told["faults"] if one["id"] == "losses_kept"]
    alive = [step["alive"]["torch"] for step in fault["steps"]]
    assert alive == [3, 6, 9]  # mul, sub and pow of each step
    assert {step["alive"]["torch"] for step in told["steps"]} == {0}
    opened(browser, address, fault="losses_kept")
    press(browser, Keys.END)
    assert text(browser, ".level").endswith("9 nodes alive")
    assert browser.execute_script("return Boolean(document.querySelector('path.alive'))")


def test_a_fold_of_one_world_alone_does_not_say_nothing(browser, tmp_path):
    whole = large(100)
    apart = replace(whole, steps=(replace(whole.steps[0], ties=()),))
    opened(browser, written(apart, tmp_path))
    labels = browser.execute_script(
        "return [...document.querySelectorAll('.fold')].map((one) => one.ariaLabel)"
    )
    assert any("all of them of the other world" in label for label in labels)
    assert not any(label.endswith(" 0 operations") for label in labels)


def large(count):
    """A chain of so many operations with a module's name for each hundred."""
    value = np.float32(1)
    nodes = [Node("n0", "parameter", "", "", (), (), "float32", value, value, name="w")]
    nodes += [
        Node(
            f"n{i}",
            "operation",
            "mul",
            "multiply",
            (Edge(f"n{i - 1}", 1.0, value),),
            (),
            "float32",
            value,
            value,
            backward="MulBackward0",
            scope=(f"block{i // 100}",),
        )
        for i in range(1, count + 1)
    ]
    back = tuple(node.id for node in reversed(nodes))
    graph = Graph("torch", tuple(nodes), f"n{count}", back)
    other = replace(graph, framework="jax", backward=())
    ties = tuple((node.id, node.id, "equal") for node in nodes)
    graphs = {"torch": graph, "jax": other}
    losses = {"torch": 1.0, "jax": 1.0}
    step = Step(losses, graphs, {"torch": (), "jax": ()}, {"torch": (), "jax": ()}, ties)
    return Recording("large", {"en": "large", "zh": "large"}, "float32", {}, (step,))


def test_more_values_at_a_time_than_there_are_columns(browser, tmp_path):
    """A leaf whose user stands far out still finds its place."""
    value, edge = np.float32(1), lambda *ids: tuple(Edge(id) for id in ids)
    parts = [f"a{i}" for i in range(12)]

    def node(id, *sources):
        operation = ("operation", "mul", "multiply") if sources else ("parameter", "", "")
        name = "" if sources else id
        return Node(id, *operation, edge(*sources), (), "float32", value, name=name)

    nodes = [node("w"), node("q"), *(node(id, "w") for id in parts), node("far", parts[-1], "q")]
    nodes.append(node("end", "far", *parts[:-1]))
    graph = Graph("jax", tuple(nodes), "end")
    step = Step({"jax": 1.0}, {"jax": graph}, {"jax": ()}, {"jax": ()})
    whole = Recording("wide", {"en": "wide", "zh": "wide"}, "float32", {}, (step,))
    opened(browser, written(whole, tmp_path), 1600)
    assert browser.execute_script("return document.querySelectorAll('.node').length") == len(nodes)


def test_ten_thousand_nodes_are_folded_and_found(browser, tmp_path):
    """Under 10 s on a free machine; a node that is searched for is unfolded and drawn."""
    address = written(large(10_000), tmp_path)
    ready = opened(browser, address)
    assert ready < LIMIT
    drawn = "return document.querySelectorAll('#graph-left .node, #graph-left .fold').length"
    assert 2 <= browser.execute_script(drawn) <= 200
    browser.execute_script(
        "document.getElementById('query').value = 'block42';"
        "document.getElementById('search').requestSubmit()"
    )
    assert text(browser, "#found") == "200 found"  # a hundred in each world
    assert browser.execute_script("return Boolean(document.querySelector('.node.lit'))")
