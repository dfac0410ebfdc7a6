"""All actions, ready to be run for Rasa."""

from __future__ import annotations

from rasa_sdk.executor import ActionExecutor

from actions import attachments, between, feedback, guide, life_events, own_feedback, service
from actions.turn import Services


def executor(services: Services) -> ActionExecutor:
    """An executor that knows every action named in `bot/domain.yml`."""
    made = ActionExecutor()
    with_services = [
        service.Answer, service.Announcements, service.PlaceInfo, service.PortalHelp, service.LookUpCode,
        service.HandOver, attachments.ReceiveAttachment, service.DeleteData,
        between.Stop, between.StartOver, between.Affirm, between.Deny, between.SmallTalk,
        life_events.Welcome, life_events.LifeEvent, feedback.BeginFeedback,
        own_feedback.AddToFeedback, own_feedback.WithdrawFeedback,
        guide.StartGuide, guide.GuideStep, feedback.ValidateFeedbackForm, feedback.SubmitFeedback,
    ]  # fmt: skip
    for action in with_services:
        made.register_action(action(services))
    made.register_action(feedback.CancelFeedback())
    for slot in feedback.ASKED:
        made.register_action(feedback.AskFeedback(slot))
    return made
