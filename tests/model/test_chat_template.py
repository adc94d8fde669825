import pytest

from rare_app.model import frame_chat
from rare_app.model.chat_template import ChatFrame

CHATML = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
GEMMA = (
    "{{ bos_token }}{% if messages[0]['role'] == 'system' %}"
    "{{ raise_exception('System role not supported') }}{% endif %}{% for m in messages %}"
    "<start_of_turn>{{ m['role'] }}\n{{ m['content'] | trim }}<end_of_turn>\n{% endfor %}"
    "{{ '<start_of_turn>model\n' }}"
)


def test_chatml_keeps_the_system_role():
    assert frame_chat(CHATML, system="S") == ChatFrame(
        before="<|im_start|>system\nS<|im_end|>\n<|im_start|>user\n",
        after="<|im_end|>\n<|im_start|>assistant\n",
    )


def test_without_a_system_role_the_text_goes_before_the_users():
    assert frame_chat(GEMMA, system="S", bos_token="<bos>") == ChatFrame(
        before="<bos><start_of_turn>user\nS\n\n", after="<end_of_turn>\n<start_of_turn>model\n"
    )


def test_a_system_role_that_is_silently_dropped_is_noticed():
    drops = CHATML.replace(
        "{% for m in messages %}", "{% for m in messages if m.role != 'system' %}"
    )
    assert frame_chat(drops, system="S").before == "<|im_start|>user\nS\n\n"


@pytest.mark.parametrize(
    "template",
    [
        None,
        "",
        "{% broken",
        "{{ nothing.at.all() }}",
        "no place for messages",
        "{{ messages[1]['content'] }}{{ messages[1]['content'] }}{{ messages[0]['content'] }}",
        "{{ ''.__class__.__mro__ }}",
    ],
)
def test_no_usable_template_means_plain_text(template):
    assert frame_chat(template, system="S") == ChatFrame(before="S\n\n", after="\n\nAnswer:\n")


def test_a_template_may_open_the_thinking_itself():
    frame = frame_chat(CHATML.replace("assistant\n", "assistant\n<think>\n"), system="S")
    assert frame.after.endswith("<think>\n")


def test_thinking_of_the_models_own_kind_is_not_asked_for():
    template = CHATML + "{% if enable_thinking %}<think>{% endif %}{{ strftime_now('%Y') }}"
    assert frame_chat(template, system="S").after.endswith("assistant\n2025")
